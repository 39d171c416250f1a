//! What the child gives up before it looks at a file: memory and time by limits, files by
//! Landlock, and every system call it does not need by seccomp.

pub(super) mod helper;

use std::collections::BTreeMap;
use std::io;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus,
    Scope,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

use super::wire::{Hello, Limits, Measure};

/// How far one measure took hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enforcement {
    Enforced,
    /// This kernel cannot do it; says what it answered.
    Unavailable(String),
}

/// How well the child is locked in, for `doctor`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SandboxReport {
    /// By name: `limits`, `landlock`, `seccomp`.
    pub measures: BTreeMap<String, Enforcement>,
}

impl SandboxReport {
    /// Returns whether everything took hold.
    pub fn is_complete(&self) -> bool {
        !self.measures.is_empty()
            && self
                .measures
                .values()
                .all(|measure| *measure == Enforcement::Enforced)
    }

    /// Returns what this kernel does not offer, each with its reason.
    pub fn missing(&self) -> Vec<(&str, &str)> {
        let missing = self
            .measures
            .iter()
            .filter_map(|(name, measure)| match measure {
                Enforcement::Enforced => None,
                Enforcement::Unavailable(reason) => Some((name.as_str(), reason.as_str())),
            });
        missing.collect()
    }
}

impl From<SandboxReport> for Hello {
    fn from(report: SandboxReport) -> Self {
        let measures = report
            .measures
            .into_iter()
            .map(|(name, enforcement)| match enforcement {
                Enforcement::Enforced => Measure {
                    name,
                    is_enforced: true,
                    detail: String::new(),
                },
                Enforcement::Unavailable(detail) => Measure {
                    name,
                    is_enforced: false,
                    detail,
                },
            });
        Self {
            measures: measures.collect(),
        }
    }
}

impl From<Hello> for SandboxReport {
    fn from(hello: Hello) -> Self {
        let measures = hello.measures.into_iter().map(|measure| {
            let enforcement = if measure.is_enforced {
                Enforcement::Enforced
            } else {
                Enforcement::Unavailable(measure.detail)
            };
            (measure.name, enforcement)
        });
        Self {
            measures: measures.collect(),
        }
    }
}

/// Applies everything. Limits are required: a child without them must not start. Landlock and
/// seccomp depend on the kernel and are reported.
pub(super) fn lock_in(limits: &Limits) -> io::Result<SandboxReport> {
    limit_resources(limits)?;
    let mut measures = BTreeMap::from([("limits".to_owned(), Enforcement::Enforced)]);
    measures.insert("landlock".to_owned(), enforcement(restrict_files()));
    // The three pipes are open; nothing else can be, now that Landlock needs no file any more.
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(3),
            maximum: Some(3),
        },
    )?;
    // Last: it forbids the calls that the others need.
    measures.insert("seccomp".to_owned(), enforcement(restrict_calls()));
    Ok(SandboxReport { measures })
}

fn enforcement(result: Result<(), String>) -> Enforcement {
    match result {
        Ok(()) => Enforcement::Enforced,
        Err(reason) => Enforcement::Unavailable(reason),
    }
}

fn limit_resources(limits: &Limits) -> io::Result<()> {
    let fixed = |value: u64| Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    setrlimit(Resource::As, fixed(limits.address_space))?;
    setrlimit(Resource::Core, fixed(0))?;
    setrlimit(Resource::Fsize, fixed(0))?;
    // The ceiling over all jobs, so that a child under foreign control cannot raise its own.
    let seconds = limits.cpu_seconds_per_job;
    let all_jobs = seconds * (u64::from(limits.jobs) + 1);
    setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(seconds),
            maximum: Some(all_jobs),
        },
    )?;
    Ok(())
}

/// Grants so many seconds of processor time from now on.
pub(super) fn allow_cpu(seconds: u64) -> io::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    let used = u64::try_from(used.tv_sec).unwrap_or(0) + 1;
    let maximum = rustix::process::getrlimit(Resource::Cpu).maximum;
    let wanted = used + seconds;
    let current = maximum.map_or(wanted, |maximum| wanted.min(maximum));
    setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(current),
            maximum,
        },
    )?;
    Ok(())
}

/// Landlock without a single rule: no file, no port, no abstract socket, no signal to others.
fn restrict_files() -> Result<(), String> {
    let abi = ABI::V6;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(|error| error.to_string())?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err("the kernel offers no Landlock".to_owned()),
        // An older kernel knows fewer rights; files are covered in all of them.
        RulesetStatus::PartiallyEnforced | RulesetStatus::FullyEnforced => Ok(()),
    }
}

/// The system calls of a program that computes: memory, clocks, its own end.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_close,
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_clock_gettime,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_prlimit64,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_tgkill,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

fn restrict_calls() -> Result<(), String> {
    let architecture = TargetArch::try_from(std::env::consts::ARCH).map_err(|e| e.to_string())?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().map(|&call| (call, Vec::new())).collect();
    // Whatever else the parent left open by mistake is out of reach.
    for call in [libc::SYS_read, libc::SYS_readv] {
        rules.insert(call, on_pipes(&[0]).map_err(|error| error.to_string())?);
    }
    for call in [libc::SYS_write, libc::SYS_writev] {
        rules.insert(call, on_pipes(&[1, 2]).map_err(|error| error.to_string())?);
    }
    // Others fail instead of killing: a library that only wanted to know the number of
    // processors goes on without.
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Errno(libc::EPERM as u32),
        SeccompAction::Allow,
        architecture,
    )
    .map_err(|error| error.to_string())?;
    let program = BpfProgram::try_from(filter).map_err(|error| error.to_string())?;
    seccompiler::apply_filter_all_threads(&program).map_err(|error| error.to_string())
}

/// One rule for each file descriptor that a call may be made on.
fn on_pipes(descriptors: &[u64]) -> Result<Vec<SeccompRule>, BackendError> {
    let rule = |&descriptor: &u64| {
        let width = SeccompCmpArgLen::Dword;
        let condition = SeccompCondition::new(0, width, SeccompCmpOp::Eq, descriptor)?;
        SeccompRule::new(vec![condition])
    };
    descriptors.iter().map(rule).collect()
}
