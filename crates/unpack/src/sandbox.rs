//! The lock-down of the child.
//!
//! Four layers, each enough for the most part: Landlock takes every path (and, where the kernel is new enough, the
//! network and signals to others), seccomp leaves only the system calls that reading and computing need, resource
//! limits bound what those may use, and namespaces leave nothing there to be reached: no file, no network, no process.
//! Kernels differ in Landlock (Debian 12 has version 2, without network rules), many do not let users make namespaces, and
//! root escapes `RLIMIT_NPROC`, so that seccomp alone closes sockets, signals and forking too. Landlock, seccomp and the limits
//! are required; namespaces are taken where they are to be had.
//!
//! There are two profiles. `parse` holds our own parsers, which need nothing but memory. `tool` holds a program of the machine (for
//! reading pictures: `ocr` in short), which must be executed and find its libraries: it may execute itself and its loader, read
//! what it was given and write nothing but its output.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use minicbor::{Decode, Encode};
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_change, unmount};
use rustix::process::{DumpableBehavior, Resource, Rlimit, chdir, getegid, geteuid, getpid, pivot_root, setrlimit};
#[expect(deprecated, reason = "see where it is called")]
use rustix::thread::unshare;
use rustix::thread::{CapabilitySet, CapabilitySets, UnshareFlags, set_capabilities};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

use crate::limits::{ChildLimits, Limits};
use crate::tool::Tool;

/// What a process that is locked down is for.
#[derive(Clone, Copy)]
pub(crate) enum Profile<'p> {
    /// Our own parsers.
    Parse,
    /// A program of the machine, which it becomes; it may read these files, and what lies in these folders, beside the open files
    /// that it is given.
    Tool { program: &'p Path, reads: &'p [PathBuf], cpu_seconds: u64, given: &'p [i32] },
}

/// What holds the child, as the child found it when it locked itself down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Enforced {
    /// The version of Landlock in effect; 0 without it.
    #[n(0)]
    pub landlock_version: u32,
    /// Whether Landlock takes the network too (from version 4; seccomp takes it in any case).
    #[n(1)]
    pub landlock_network: bool,
    /// Whether the filter of system calls is in place.
    #[n(2)]
    pub seccomp: bool,
    /// Whether no program that the child might start could gain rights.
    #[n(3)]
    pub no_new_privs: bool,
    /// Whether every resource limit could be set.
    #[n(4)]
    pub resource_limits: bool,
    /// Descriptors that the child inherited beyond its three, all barred from use.
    #[n(5)]
    pub barred_descriptors: u32,
    /// What could not be enforced, in words; empty unless `Limits::accept_unjailed`.
    #[n(6)]
    pub missing: Vec<String>,
    /// Whether it is in namespaces of its own: of users, mounts, the network, messages, host names and, for what it might start,
    /// processes.
    #[n(7)]
    pub namespaces: bool,
    /// Whether the root of its files is an empty folder.
    #[n(8)]
    pub empty_root: bool,
    /// Whether it gave up every capability.
    #[n(9)]
    pub no_capabilities: bool,
}

impl Enforced {
    /// What holds the child, line by line: what it is, whether it is there, and whether foreign files are opened without it.
    pub fn lines(&self) -> [(String, bool, bool); 7] {
        let version = match self.landlock_version {
            0 => String::new(),
            version => format!(", version {version}{}", if self.landlock_network { ", and no connection" } else { "" }),
        };
        [
            (format!("Landlock: no path can be opened, made or removed{version}"), self.landlock_version > 0, true),
            ("seccomp: no sockets, programs, processes, signals or looks into others".to_owned(), self.seccomp, true),
            ("no program could gain rights".to_owned(), self.no_new_privs, true),
            ("limits of memory, processor time, file size and processes".to_owned(), self.resource_limits, true),
            (
                "namespaces of its own: users, mounts, network, messages, names, processes".to_owned(),
                self.namespaces,
                false,
            ),
            ("an empty folder for its root".to_owned(), self.empty_root, false),
            ("no capabilities".to_owned(), self.no_capabilities, false),
        ]
    }
}

/// The kernel would not lock the process down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot lock the process down: {}", missing.join("; "))]
pub struct MissingRights {
    /// Each thing that could not be enforced, and why.
    pub missing: Vec<String>,
}

/// Locks the calling process down for the rest of its life: no paths, sockets, programs, signals or new processes, and
/// no writing but to standard output and error. Only for a process with one thread, which then reads nothing but
/// what is sent to its standard input.
///
/// # Errors
/// When the kernel lacks something that matters, unless `limits.accept_unjailed`; then [`Enforced::missing`] names it.
/// What could be enforced stays enforced in either case.
pub fn lock_down(limits: &Limits) -> Result<Enforced, MissingRights> {
    lock_down_child(&ChildLimits::from(limits))
}

pub(crate) fn lock_down_child(limits: &ChildLimits) -> Result<Enforced, MissingRights> {
    lock_down_as(Profile::Parse, limits.address_space, limits.accept_unjailed)
}

pub(crate) fn lock_down_as(
    profile: Profile<'_>,
    address_space: u64,
    accept_unjailed: bool,
) -> Result<Enforced, MissingRights> {
    let mut enforced = Enforced::default();
    let mut missing = Vec::new();

    // Needs /proc, so before Landlock takes it away.
    let given = if let Profile::Tool { given, .. } = profile { given } else { &[] };
    let inherited = inherited_descriptors(given).unwrap_or_else(|why| {
        missing.push(why);
        Vec::new()
    });
    enforced.barred_descriptors = u32::try_from(inherited.len()).unwrap_or(u32::MAX);
    if let Err(why) = check_alone() {
        missing.push(why);
    }
    // Of these a kernel or its administrator may have good reason to give none: what they do, the others do too.
    enforced.namespaces = enter_namespaces(profile).is_ok();
    enforced.empty_root = enforced.namespaces && matches!(profile, Profile::Parse) && leave_root().is_ok();
    enforced.no_capabilities = set_capabilities(None, NO_CAPABILITIES).is_ok();
    match set_resource_limits(profile, address_space) {
        Ok(()) => enforced.resource_limits = true,
        Err(why) => missing.push(why),
    }
    match restrict_with_landlock(profile) {
        Ok((version, network)) => {
            enforced.landlock_version = version;
            enforced.landlock_network = network;
        }
        Err(why) => missing.push(why),
    }
    match filter_system_calls(profile, &inherited) {
        Ok(()) => {
            enforced.seccomp = true;
            // A filter by an unprivileged process presupposes it, and seccompiler sets it and checks for any.
            enforced.no_new_privs = true;
        }
        Err(why) => missing.push(why),
    }

    if missing.is_empty() || accept_unjailed {
        Ok(Enforced { missing, ..enforced })
    } else {
        Err(MissingRights { missing })
    }
}

/// Filters and Landlock hold the calling thread only; another one would stay free.
fn check_alone() -> Result<(), String> {
    match fs::read_dir("/proc/self/task").map(Iterator::count) {
        Ok(1) => Ok(()),
        Ok(threads) => Err(format!("the process has {threads} threads, and only one of them can be locked down")),
        Err(error) => Err(format!("the threads of the process cannot be counted in /proc/self/task: {error}")),
    }
}

const NO_CAPABILITIES: CapabilitySets = CapabilitySets {
    effective: CapabilitySet::empty(),
    permitted: CapabilitySet::empty(),
    inheritable: CapabilitySet::empty(),
};

/// The limit of a core file at which the kernel neither writes one nor hands one to a program, as it would at 0.
const NO_CORE: u64 = 1;

/// Keeps the calling process, and whatever it starts, from leaving its memory behind as a core file: it may hold what a sample holds.
///
/// # Errors
/// The system does not set the limit.
pub fn leave_no_core() -> std::io::Result<()> {
    Ok(setrlimit(Resource::Core, Rlimit { current: Some(NO_CORE), maximum: Some(NO_CORE) })?)
}

/// Goes into namespaces of its own, in which it is the user that it was.
fn enter_namespaces(profile: Profile<'_>) -> Result<(), std::io::Error> {
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    let mut all = UnshareFlags::NEWUSER
        | UnshareFlags::NEWNS
        | UnshareFlags::NEWNET
        | UnshareFlags::NEWIPC
        | UnshareFlags::NEWUTS;
    // Whoever waits for another namespace of processes can have no threads.
    if matches!(profile, Profile::Parse) {
        all |= UnshareFlags::NEWPID;
    }
    #[expect(deprecated, reason = "unsafe are flags that part the table of descriptors, and these are none")]
    unshare(all)?;
    // Mounting needs a user that is known in the namespace.
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

/// Puts an empty folder that cannot be written to in the place of the root, and lets go of everything below the old one.
fn leave_root() -> Result<(), std::io::Error> {
    const MOUNTED_ON: &str = "/tmp";
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::RDONLY;
    mount("none", MOUNTED_ON, "tmpfs", flags, None)?;
    chdir(MOUNTED_ON)?;
    // The old root lies over the new one then, and is taken off it.
    pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    Ok(chdir("/")?)
}

/// Descriptors above standard error that were not given. They cannot be closed safely by number, so the filter bars their use instead.
fn inherited_descriptors(given: &[i32]) -> Result<Vec<u64>, String> {
    /// Each costs a comparison in every `read`.
    const MOST: usize = 16;

    let unlisted = |error: std::io::Error| format!("inherited descriptors cannot be listed in /proc/self/fd: {error}");
    let is_given = |number: u64| given.iter().any(|it| u64::try_from(*it) == Ok(number));
    let mut found: Vec<(u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir("/proc/self/fd").map_err(unlisted)? {
        let entry = entry.map_err(unlisted)?;
        if let Some(number) = entry.file_name().to_str().and_then(|name| name.parse().ok()) {
            found.push((number, entry.path()));
        }
    }
    // The listing's own descriptor was among them, and is closed by now.
    let inherited: Vec<u64> = found
        .into_iter()
        .filter(|(number, path)| *number > 2 && !is_given(*number) && fs::read_link(path).is_ok())
        .map(|(number, _)| number)
        .collect();
    if inherited.len() > MOST {
        return Err(format!(
            "{} descriptors were inherited, more than the {MOST} that can be barred: mark them close-on-exec",
            inherited.len()
        ));
    }
    Ok(inherited)
}

fn set_resource_limits(profile: Profile<'_>, address_space: u64) -> Result<(), String> {
    /// Deeply nested input recurses in some parsers; the stack of the main thread grows up to this.
    const STACK: u64 = 64 << 20;
    /// The three standard ones, the file in hand or its parts, and room for those that were inherited and are barred.
    const DESCRIPTORS: u64 = 64 + Limits::PARTS as u64;
    /// A tool has each of its inputs open twice, once given and once as a path.
    const DESCRIPTORS_OF_TOOL: u64 = 2 * Tool::MOST_INPUTS as u64 + DESCRIPTORS;

    let set = |what: &str, resource: Resource, bytes: u64| {
        setrlimit(resource, Rlimit { current: Some(bytes), maximum: Some(bytes) })
            .map_err(|error| format!("the limit of {what} cannot be set to {bytes}: {error}"))
    };
    set("address space", Resource::As, address_space)?;
    set("file size", Resource::Fsize, 0)?;
    set("core size", Resource::Core, NO_CORE)?;
    match profile {
        Profile::Parse => {
            set("processes", Resource::Nproc, 0)?;
            set("open files", Resource::Nofile, DESCRIPTORS)?;
        }
        // It may have threads, and its user has processes besides: the filter of system calls leaves it no further process.
        Profile::Tool { cpu_seconds, .. } => {
            set("open files", Resource::Nofile, DESCRIPTORS_OF_TOOL)?;
            set("processor time", Resource::Cpu, cpu_seconds)?;
        }
    }
    let hard = rustix::process::getrlimit(Resource::Stack).maximum;
    let stack = hard.map_or(STACK, |hard| hard.min(STACK));
    setrlimit(Resource::Stack, Rlimit { current: Some(stack), maximum: hard })
        .map_err(|error| format!("the limit of the stack cannot be set to {stack}: {error}"))?;
    // Others of the same user cannot look into the process either.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| format!("the process cannot be made undumpable: {error}"))
}

/// What executes programs that are not whole in themselves.
const LOADERS: &[&str] = &[
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];

/// Where it finds libraries.
const LIBRARIES: &[&str] = &["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"];

/// Forbids every path but those of the profile, and what else the kernel's version of Landlock can forbid; gives that version and
/// whether the network is included.
fn restrict_with_landlock(profile: Profile<'_>) -> Result<(u32, bool), String> {
    let unavailable = |error: landlock::RulesetError| format!("Landlock is not available: {error}");
    // Reading, writing, making and removing must be covered, or it counts as missing; later additions are a bonus.
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))
        .map_err(unavailable)?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(ABI::V4)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(ABI::V6)))
        .and_then(|ruleset| ruleset.create())
        .and_then(|ruleset| match profile {
            Profile::Parse => Ok(ruleset),
            Profile::Tool { program, reads, .. } => ruleset
                .add_rules(path_beneath_rules([program], AccessFs::Execute | AccessFs::ReadFile))?
                .add_rules(path_beneath_rules(LOADERS, AccessFs::Execute | AccessFs::ReadFile))?
                .add_rules(path_beneath_rules(LIBRARIES, AccessFs::ReadFile))?
                .add_rules(path_beneath_rules(reads, AccessFs::ReadFile | AccessFs::ReadDir)),
        })
        .and_then(|ruleset| ruleset.restrict_self())
        .map_err(unavailable)?;
    match (status.ruleset, status.landlock) {
        (
            RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced,
            LandlockStatus::Available { effective_abi, .. },
        ) => Ok((effective_abi as u32, effective_abi >= ABI::V4)),
        (_, status) => Err(format!("Landlock is not available: {status:?}")),
    }
}

/// Installs the filters; the kernel takes the strictest of their answers.
fn filter_system_calls(profile: Profile<'_>, inherited: &[u64]) -> Result<(), String> {
    let pid = u64::from(getpid().as_raw_nonzero().get().unsigned_abs());
    let programs = match profile {
        Profile::Parse => vec![deadly_calls(), allowed_calls(inherited, pid)],
        Profile::Tool { .. } => vec![deadly_calls_of_tool(), unknown_calls(), allowed_calls_of_tool(inherited, pid)],
    };
    for program in programs {
        let program = program.map_err(|error| format!("the filter of system calls cannot be built: {error}"))?;
        seccompiler::apply_filter(&program)
            .map_err(|error| format!("seccomp is not available: the filter of system calls cannot be set: {error}"))?;
    }
    Ok(())
}

/// Calls that neither a parser nor a tool ever makes: whoever makes one has taken the child over, and it dies (signal `SIGSYS`).
fn deadly() -> impl Iterator<Item = i64> {
    #[cfg(target_arch = "x86_64")]
    const ONLY_HERE: &[i64] = &[libc::SYS_fork, libc::SYS_vfork];
    #[cfg(not(target_arch = "x86_64"))]
    const ONLY_HERE: &[i64] = &[];
    const EVERYWHERE: &[i64] = &[
        libc::SYS_execveat,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_rt_sigqueueinfo,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_getfd,
        libc::SYS_pidfd_send_signal,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_io_uring_setup,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mount,
        libc::SYS_chroot,
        libc::SYS_open_by_handle_at,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
    ];
    EVERYWHERE.iter().chain(ONLY_HERE).copied()
}

fn deadly_calls() -> Result<BpfProgram, seccompiler::BackendError> {
    // Libraries that a tool has may ask for a socket to see what there is: to it these are denied.
    let of_parsers = [libc::SYS_socket, libc::SYS_socketpair, libc::SYS_execve, libc::SYS_clone, libc::SYS_clone3];
    let rules = deadly().chain(of_parsers).map(|call| (call, vec![])).collect();
    build(rules, SeccompAction::Allow, SeccompAction::KillProcess)
}

/// A tool may execute what Landlock lets it, which is itself, and have threads: only a new process kills it.
fn deadly_calls_of_tool() -> Result<BpfProgram, seccompiler::BackendError> {
    let is_process = SeccompCmpOp::MaskedEq(bits(libc::CLONE_THREAD));
    let process = SeccompCondition::new(0, SeccompCmpArgLen::Dword, is_process, 0)?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = deadly().map(|call| (call, vec![])).collect();
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![process])?]);
    build(rules, SeccompAction::Allow, SeccompAction::KillProcess)
}

/// What a filter cannot look into, so that the call that came before it is made instead.
fn unknown_calls() -> Result<BpfProgram, seccompiler::BackendError> {
    let rules = BTreeMap::from([(libc::SYS_clone3, vec![])]);
    build(rules, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS.unsigned_abs()))
}

/// Calls that programs make to start, to read files, to compute and to write what comes of it; every other fails with `EPERM`. Which
/// files there are is Landlock's affair.
fn allowed_calls_of_tool(inherited: &[u64], pid: u64) -> Result<BpfProgram, seccompiler::BackendError> {
    use SeccompCmpOp::{Eq, Ne};
    #[cfg(target_arch = "x86_64")]
    const ONLY_HERE: &[i64] = &[
        libc::SYS_open,
        libc::SYS_stat,
        libc::SYS_lstat,
        libc::SYS_access,
        libc::SYS_readlink,
        libc::SYS_poll,
        libc::SYS_arch_prctl,
        libc::SYS_time,
    ];
    #[cfg(not(target_arch = "x86_64"))]
    const ONLY_HERE: &[i64] = &[];
    const EVERYWHERE: &[i64] = &[
        libc::SYS_execve,
        libc::SYS_clone,
        // It fails by the filter before; of two that let a call fail the later one would say how.
        libc::SYS_clone3,
        libc::SYS_openat,
        libc::SYS_statx,
        libc::SYS_faccessat,
        libc::SYS_faccessat2,
        libc::SYS_readlinkat,
        libc::SYS_getcwd,
        libc::SYS_ppoll,
        libc::SYS_mprotect,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_mincore,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_rseq,
        libc::SYS_membarrier,
        libc::SYS_set_tid_address,
        libc::SYS_set_robust_list,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_clock_gettime,
        libc::SYS_clock_getres,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_gettimeofday,
        libc::SYS_times,
        libc::SYS_getrusage,
        libc::SYS_getrandom,
        libc::SYS_getpid,
        libc::SYS_getppid,
        libc::SYS_gettid,
        libc::SYS_getuid,
        libc::SYS_geteuid,
        libc::SYS_getgid,
        libc::SYS_getegid,
        libc::SYS_uname,
        libc::SYS_sysinfo,
        libc::SYS_sigaltstack,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_restart_syscall,
        libc::SYS_close,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    let is = |argument: u8, operator: SeccompCmpOp, value: u64| {
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
    };
    let rule = SeccompRule::new;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        EVERYWHERE.iter().chain(ONLY_HERE).map(|call| (*call, vec![])).collect();
    // What was inherited is of no use to whoever can neither read nor map nor copy it.
    let of_descriptors = [
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_pread64,
        libc::SYS_preadv,
        libc::SYS_lseek,
        libc::SYS_fstat,
        libc::SYS_newfstatat,
        libc::SYS_getdents64,
        libc::SYS_fadvise64,
        libc::SYS_fcntl,
        libc::SYS_dup,
    ];
    for (call, argument) in of_descriptors.map(|call| (call, 0)).into_iter().chain([(libc::SYS_mmap, 4)]) {
        let barred = inherited.iter().map(|descriptor| is(argument, Ne, *descriptor)).collect::<Result<Vec<_>, _>>()?;
        rules.insert(call, if barred.is_empty() { vec![] } else { vec![rule(barred)?] });
    }
    for call in [libc::SYS_write, libc::SYS_writev] {
        rules.insert(call, vec![rule(vec![is(0, Eq, 1)?])?, rule(vec![is(0, Eq, 2)?])?]);
    }
    // A signal to itself, as `abort` sends one; and limits are read, not set.
    rules.insert(libc::SYS_tgkill, vec![rule(vec![is(0, Eq, pid)?])?]);
    let sets_nothing = SeccompCondition::new(2, SeccompCmpArgLen::Qword, Eq, 0)?;
    rules.insert(libc::SYS_prlimit64, vec![rule(vec![is(0, Eq, 0)?, sets_nothing])?]);
    build(rules, SeccompAction::Errno(libc::EPERM.unsigned_abs()), SeccompAction::Allow)
}

/// Calls that reading and computing need; every other fails with `EPERM`, so that a library that asks for
/// something harmless (a thread's name, the number of processors) goes on without.
fn allowed_calls(inherited: &[u64], pid: u64) -> Result<BpfProgram, seccompiler::BackendError> {
    use SeccompCmpOp::{Eq, MaskedEq, Ne};

    let is = |argument: u8, operator: SeccompCmpOp, value: u64| {
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
    };
    let not_executable = || is(2, MaskedEq(bits(libc::PROT_EXEC)), 0);
    let rule = SeccompRule::new;

    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = [
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_clock_gettime,
        libc::SYS_getrandom,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_sigaltstack,
        libc::SYS_rt_sigreturn,
        libc::SYS_restart_syscall,
        libc::SYS_close,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ]
    .into_iter()
    .map(|call| (call, vec![]))
    .collect();

    // Inherited descriptors cannot be closed without `unsafe`; they are of no use to whoever cannot read them.
    for call in [libc::SYS_read, libc::SYS_pread64, libc::SYS_lseek, libc::SYS_fstat] {
        let barred = inherited.iter().map(|descriptor| is(0, Ne, *descriptor)).collect::<Result<Vec<_>, _>>()?;
        rules.insert(call, if barred.is_empty() { vec![] } else { vec![rule(barred)?] });
    }
    // The file in hand may have been opened for writing.
    for call in [libc::SYS_write, libc::SYS_writev] {
        rules.insert(call, vec![rule(vec![is(0, Eq, 1)?])?, rule(vec![is(0, Eq, 2)?])?]);
    }
    rules.insert(libc::SYS_recvmsg, vec![rule(vec![is(0, Eq, 0)?])?]);
    // Memory, but neither of files nor to execute.
    let anonymous = bits(libc::MAP_ANONYMOUS);
    rules.insert(libc::SYS_mmap, vec![rule(vec![not_executable()?, is(3, MaskedEq(anonymous), anonymous)?])?]);
    rules.insert(libc::SYS_mprotect, vec![rule(vec![not_executable()?])?]);
    // The standard library resets these to die from a fault; `SIGXCPU` must keep its effect.
    let faults = [libc::SIGSEGV, libc::SIGBUS, libc::SIGABRT];
    let faults = faults.into_iter().map(|signal| rule(vec![is(0, Eq, bits(signal))?]));
    rules.insert(libc::SYS_rt_sigaction, faults.collect::<Result<_, _>>()?);
    // `abort` of the process itself.
    rules.insert(libc::SYS_tgkill, vec![rule(vec![is(0, Eq, pid)?, is(2, Eq, bits(libc::SIGABRT))?])?]);

    build(rules, SeccompAction::Errno(libc::EPERM.unsigned_abs()), SeccompAction::Allow)
}

/// A C constant as the bits that a filter compares.
fn bits(constant: i32) -> u64 {
    u64::from(constant.unsigned_abs())
}

fn build(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    matching: SeccompAction,
) -> Result<BpfProgram, seccompiler::BackendError> {
    let here: TargetArch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, otherwise, matching, here)?.try_into()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a filter that cannot be built fails the test")]
mod tests {
    use super::*;

    const ALLOW: u32 = 0x7fff_0000;
    const KILL: u32 = 0x8000_0000;
    const FORBID: u32 = 0x0005_0000 | 1;

    /// What the kernel would answer: classic BPF over `struct seccomp_data`, as in its `seccomp(2)`.
    fn answer(program: &BpfProgram, architecture: u32, call: i64, arguments: [u64; 6]) -> u32 {
        let mut data = Vec::new();
        data.extend(u32::try_from(call).unwrap().to_le_bytes());
        data.extend(architecture.to_le_bytes());
        data.extend(0u64.to_le_bytes());
        arguments.iter().for_each(|argument| data.extend(argument.to_le_bytes()));
        let (mut at, mut accumulator) = (0usize, 0u32);
        loop {
            let step = &program[at];
            at += 1;
            let jump = |taken: bool| usize::from(if taken { step.jt } else { step.jf });
            match step.code {
                0x20 => {
                    let from = usize::try_from(step.k).unwrap();
                    accumulator = u32::from_le_bytes(data[from..from + 4].try_into().unwrap());
                }
                0x54 => accumulator &= step.k,
                0x05 => at += usize::try_from(step.k).unwrap(),
                0x15 => at += jump(accumulator == step.k),
                0x25 => at += jump(accumulator > step.k),
                0x35 => at += jump(accumulator >= step.k),
                0x06 => return step.k,
                other => panic!("instruction {other:#x} is not known to this test"),
            }
        }
    }

    const HERE: u32 = if cfg!(target_arch = "x86_64") { 0xc000_003e } else { 0xc000_00b7 };
    const ME: u64 = 4711;

    fn allowed(call: i64, arguments: [u64; 6]) -> u32 {
        answer(&allowed_calls(&[5, 9], ME).unwrap(), HERE, call, arguments)
    }

    #[test]
    fn of_all_calls_only_those_listed_are_ever_allowed() {
        let deadly = deadly_calls().unwrap();
        let program = allowed_calls(&[], ME).unwrap();
        // 0x4000_0000 marks the x32 calls of x86-64.
        let possible: Vec<i64> = (0..1024)
            .chain(0x4000_0000..0x4000_0400)
            .filter(|call| {
                answer(&program, HERE, *call, [0; 6]) == ALLOW && answer(&deadly, HERE, *call, [0; 6]) == ALLOW
            })
            .collect();
        let mut expected = vec![
            libc::SYS_read,
            libc::SYS_lseek,
            libc::SYS_pread64,
            libc::SYS_fstat,
            libc::SYS_munmap,
            libc::SYS_mremap,
            libc::SYS_madvise,
            libc::SYS_brk,
            libc::SYS_futex,
            libc::SYS_sched_yield,
            libc::SYS_clock_gettime,
            libc::SYS_getrandom,
            libc::SYS_getpid,
            libc::SYS_gettid,
            libc::SYS_sigaltstack,
            libc::SYS_rt_sigreturn,
            libc::SYS_restart_syscall,
            libc::SYS_close,
            libc::SYS_exit,
            libc::SYS_exit_group,
            libc::SYS_recvmsg,
            libc::SYS_mprotect,
        ];
        expected.sort_unstable();
        assert_eq!(possible, expected);
        for call in [libc::SYS_ptrace, libc::SYS_execve, libc::SYS_socket, libc::SYS_kill, libc::SYS_clone3] {
            assert_eq!(answer(&deadly, HERE, call, [0; 6]), KILL);
        }
        for call in
            [libc::SYS_openat, libc::SYS_prctl, libc::SYS_seccomp, libc::SYS_ioctl, libc::SYS_dup, libc::SYS_prlimit64]
        {
            assert_eq!(answer(&program, HERE, call, [0; 6]), FORBID);
        }
    }

    #[test]
    fn a_tool_has_threads_and_no_processes() {
        let (deadly, unknown) = (deadly_calls_of_tool().unwrap(), unknown_calls().unwrap());
        let thread = u64::from((libc::CLONE_THREAD | libc::CLONE_VM).unsigned_abs());
        assert_eq!(answer(&deadly, HERE, libc::SYS_clone, [thread, 0, 0, 0, 0, 0]), ALLOW);
        assert_eq!(answer(&deadly, HERE, libc::SYS_clone, [bits(libc::SIGCHLD), 0, 0, 0, 0, 0]), KILL);
        assert_eq!(answer(&unknown, HERE, libc::SYS_clone3, [0; 6]), 0x0005_0000 | 38);
        for call in [libc::SYS_connect, libc::SYS_bind, libc::SYS_kill, libc::SYS_ptrace, libc::SYS_process_vm_readv] {
            assert_eq!(answer(&deadly, HERE, call, [0; 6]), KILL);
        }
        for call in [libc::SYS_socket, libc::SYS_socketpair] {
            assert_eq!(answer(&allowed_calls_of_tool(&[], ME).unwrap(), HERE, call, [0; 6]), FORBID);
        }
    }

    #[test]
    fn a_tool_reads_no_inherited_descriptor_and_writes_to_its_output_alone() {
        let program = allowed_calls_of_tool(&[5, 9], ME).unwrap();
        let answer = |call, arguments| answer(&program, HERE, call, arguments);
        for call in [libc::SYS_read, libc::SYS_pread64, libc::SYS_readv, libc::SYS_dup, libc::SYS_fcntl] {
            assert_eq!(answer(call, [3, 0, 0, 0, 0, 0]), ALLOW);
            assert_eq!(answer(call, [5, 0, 0, 0, 0, 0]), FORBID);
            assert_eq!(answer(call, [9, 0, 0, 0, 0, 0]), FORBID);
        }
        assert_eq!(answer(libc::SYS_mmap, [0, 0, 5, 2, 3, 0]), ALLOW);
        assert_eq!(answer(libc::SYS_mmap, [0, 0, 1, 2, 9, 0]), FORBID);
        assert_eq!(answer(libc::SYS_write, [1, 0, 0, 0, 0, 0]), ALLOW);
        assert_eq!(answer(libc::SYS_write, [3, 0, 0, 0, 0, 0]), FORBID);
        assert_eq!(answer(libc::SYS_tgkill, [ME, 1, 6, 0, 0, 0]), ALLOW);
        assert_eq!(answer(libc::SYS_tgkill, [1, 1, 6, 0, 0, 0]), FORBID);
        assert_eq!(answer(libc::SYS_prlimit64, [0, 7, 0, 4096, 0, 0]), ALLOW);
        assert_eq!(answer(libc::SYS_prlimit64, [0, 7, 4096, 0, 0, 0]), FORBID);
        for call in [libc::SYS_memfd_create, libc::SYS_ioctl, libc::SYS_prctl, libc::SYS_seccomp, libc::SYS_unlinkat] {
            assert_eq!(answer(call, [0; 6]), FORBID);
        }
    }

    #[test]
    fn another_architecture_is_killed() {
        // AUDIT_ARCH_I386: the calls of 32-bit programs have other numbers.
        assert_eq!(answer(&allowed_calls(&[], ME).unwrap(), 0x4000_0003, libc::SYS_read, [0; 6]), KILL);
    }

    #[test]
    fn arguments_matter() {
        assert_eq!(allowed(libc::SYS_write, [1, 0, 0, 0, 0, 0]), ALLOW);
        assert_eq!(allowed(libc::SYS_write, [3, 0, 0, 0, 0, 0]), FORBID);
        assert_eq!(allowed(libc::SYS_read, [3, 0, 0, 0, 0, 0]), ALLOW);
        assert_eq!(allowed(libc::SYS_read, [5, 0, 0, 0, 0, 0]), FORBID);
        assert_eq!(allowed(libc::SYS_read, [9, 0, 0, 0, 0, 0]), FORBID);
        assert_eq!(allowed(libc::SYS_recvmsg, [3, 0, 0, 0, 0, 0]), FORBID);
        assert_eq!(allowed(libc::SYS_mmap, [0, 0, 3, 0x22, 0, 0]), ALLOW);
        assert_eq!(allowed(libc::SYS_mmap, [0, 0, 7, 0x22, 0, 0]), FORBID);
        assert_eq!(allowed(libc::SYS_mmap, [0, 0, 3, 0x02, 3, 0]), FORBID);
        assert_eq!(allowed(libc::SYS_mprotect, [0, 0, 5, 0, 0, 0]), FORBID);
        assert_eq!(allowed(libc::SYS_tgkill, [ME, 1, 6, 0, 0, 0]), ALLOW);
        assert_eq!(allowed(libc::SYS_tgkill, [ME + 1, 1, 6, 0, 0, 0]), FORBID);
        assert_eq!(allowed(libc::SYS_tgkill, [ME, 1, 9, 0, 0, 0]), FORBID);
        assert_eq!(allowed(libc::SYS_rt_sigaction, [24, 0, 0, 0, 0, 0]), FORBID);
    }
}
