//! The few words that a service takes on its command line.

use std::path::PathBuf;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Run {
        config: Option<PathBuf>,
    },
    /// Read the settings, say whether they are good, and end.
    Check {
        config: Option<PathBuf>,
    },
    Help,
    Version,
}

pub(crate) const HELP: &str = "\
Options:
  --config FILE   read settings from FILE (else STOWAGE_CONFIG, else /etc/stowage/config.toml)
  --check         read the settings, say whether they are good, and end
  --version       print the version
  --help          print this
";

/// Reads the arguments after the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Command, String> {
    let mut config = None;
    let mut check = false;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--version" | "-V" => return Ok(Command::Version),
            "--check" => check = true,
            "--config" | "-c" => {
                let path = arguments.next().ok_or("--config needs a file")?;
                config = Some(PathBuf::from(path));
            }
            other => match other.strip_prefix("--config=") {
                Some(path) => config = Some(PathBuf::from(path)),
                None => return Err(format!("unknown argument {other:?}")),
            },
        }
    }
    Ok(if check {
        Command::Check { config }
    } else {
        Command::Run { config }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Command, String> {
        parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn takes_a_settings_file_in_both_spellings() {
        let expected = Command::Run {
            config: Some(PathBuf::from("/a.toml")),
        };

        assert_eq!(words("--config /a.toml"), Ok(expected));
        assert_eq!(
            words("--check --config=/a.toml"),
            Ok(Command::Check {
                config: Some(PathBuf::from("/a.toml"))
            })
        );
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(words("serve").unwrap_err().contains("serve"));
        assert!(words("--config").is_err());
    }
}
