//! The lock-down of the child.
//!
//! Four layers, each enough for the most part: Landlock takes every path (and, where the kernel is new enough, the
//! network and signals to others), seccomp leaves only the system calls that reading and computing need, resource
//! limits bound what those may use, and namespaces leave nothing there to be reached: no file, no network, no process.
//! Kernels differ in Landlock (Debian 12 has version 2, without network rules), many do not let users make namespaces, and
//! root escapes `RLIMIT_NPROC`, so that seccomp alone closes sockets, signals and forking too. Landlock, seccomp and the limits
//! are required; namespaces are taken where they are to be had.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, Ruleset, RulesetAttr, RulesetStatus,
    Scope,
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
    let mut enforced = Enforced::default();
    let mut missing = Vec::new();

    // Needs /proc, so before Landlock takes it away.
    let inherited = inherited_descriptors().unwrap_or_else(|why| {
        missing.push(why);
        Vec::new()
    });
    enforced.barred_descriptors = u32::try_from(inherited.len()).unwrap_or(u32::MAX);
    if let Err(why) = check_alone() {
        missing.push(why);
    }
    // Of these a kernel or its administrator may have good reason to give none: what they do, the others do too.
    enforced.namespaces = enter_namespaces().is_ok();
    enforced.empty_root = enforced.namespaces && leave_root().is_ok();
    enforced.no_capabilities = set_capabilities(None, NO_CAPABILITIES).is_ok();
    match set_resource_limits(limits.address_space) {
        Ok(()) => enforced.resource_limits = true,
        Err(why) => missing.push(why),
    }
    match restrict_with_landlock() {
        Ok((version, network)) => {
            enforced.landlock_version = version;
            enforced.landlock_network = network;
        }
        Err(why) => missing.push(why),
    }
    match filter_system_calls(&inherited) {
        Ok(()) => {
            enforced.seccomp = true;
            // A filter by an unprivileged process presupposes it, and seccompiler sets it and checks for any.
            enforced.no_new_privs = true;
        }
        Err(why) => missing.push(why),
    }

    if missing.is_empty() || limits.accept_unjailed {
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

/// Goes into namespaces of its own, in which it is the user that it was.
fn enter_namespaces() -> Result<(), std::io::Error> {
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    let all = UnshareFlags::NEWUSER
        | UnshareFlags::NEWNS
        | UnshareFlags::NEWNET
        | UnshareFlags::NEWIPC
        | UnshareFlags::NEWUTS
        | UnshareFlags::NEWPID;
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

/// Descriptors above standard error. They cannot be closed safely by number, so the filter bars their use instead.
fn inherited_descriptors() -> Result<Vec<u64>, String> {
    /// Each costs a comparison in every `read`.
    const MOST: usize = 16;

    let unlisted = |error: std::io::Error| format!("inherited descriptors cannot be listed in /proc/self/fd: {error}");
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
        .filter(|(number, path)| *number > 2 && fs::read_link(path).is_ok())
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

fn set_resource_limits(address_space: u64) -> Result<(), String> {
    /// Deeply nested input recurses in some parsers; the stack of the main thread grows up to this.
    const STACK: u64 = 64 << 20;
    /// The three standard ones, the file in hand or its parts, and room for those that were inherited and are barred.
    const DESCRIPTORS: u64 = 64 + Limits::PARTS as u64;

    let set = |what: &str, resource: Resource, bytes: u64| {
        setrlimit(resource, Rlimit { current: Some(bytes), maximum: Some(bytes) })
            .map_err(|error| format!("the limit of {what} cannot be set to {bytes}: {error}"))
    };
    set("address space", Resource::As, address_space)?;
    set("file size", Resource::Fsize, 0)?;
    set("core size", Resource::Core, 0)?;
    set("processes", Resource::Nproc, 0)?;
    set("open files", Resource::Nofile, DESCRIPTORS)?;
    let hard = rustix::process::getrlimit(Resource::Stack).maximum;
    let stack = hard.map_or(STACK, |hard| hard.min(STACK));
    setrlimit(Resource::Stack, Rlimit { current: Some(stack), maximum: hard })
        .map_err(|error| format!("the limit of the stack cannot be set to {stack}: {error}"))?;
    // Others of the same user cannot look into the process either.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| format!("the process cannot be made undumpable: {error}"))
}

/// Forbids every path, and what else the kernel's version of Landlock can forbid; gives that version and whether the
/// network is included.
fn restrict_with_landlock() -> Result<(u32, bool), String> {
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

/// Installs both filters; the kernel takes the stricter answer of the two.
fn filter_system_calls(inherited: &[u64]) -> Result<(), String> {
    let pid = u64::from(getpid().as_raw_nonzero().get().unsigned_abs());
    for program in [deadly_calls(), allowed_calls(inherited, pid)] {
        let program = program.map_err(|error| format!("the filter of system calls cannot be built: {error}"))?;
        seccompiler::apply_filter(&program)
            .map_err(|error| format!("seccomp is not available: the filter of system calls cannot be set: {error}"))?;
    }
    Ok(())
}

/// Calls that no parser ever makes: whoever makes one has taken the child over, and it dies (signal `SIGSYS`).
fn deadly_calls() -> Result<BpfProgram, seccompiler::BackendError> {
    #[cfg(target_arch = "x86_64")]
    const ONLY_HERE: &[i64] = &[libc::SYS_fork, libc::SYS_vfork];
    #[cfg(not(target_arch = "x86_64"))]
    const ONLY_HERE: &[i64] = &[];
    const EVERYWHERE: &[i64] = &[
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_clone,
        libc::SYS_clone3,
        libc::SYS_socket,
        libc::SYS_socketpair,
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
    let rules = EVERYWHERE.iter().chain(ONLY_HERE).map(|call| (*call, vec![])).collect();
    build(rules, SeccompAction::Allow, SeccompAction::KillProcess)
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
