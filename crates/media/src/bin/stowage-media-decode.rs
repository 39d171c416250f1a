//! The decoding child on its own, for the tests of `Decoder` and for the benchmark.

fn main() -> std::process::ExitCode {
    stowage_media::child_main()
}
