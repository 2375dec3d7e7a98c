//! The child of the integration tests: an honest worker, a liar, or a parser that was taken over.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::Duration;

use unpack::{Enforced, Limits, lock_down};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => return unpack::serve(),
        #[cfg(feature = "unlocked")]
        ["unlocked"] => return unpack::serve_unlocked(),
        ["tool"] => return unpack::become_tool(),
        ["misuse", how, aim, input] => misuse(how, aim, input),
        ["lie", how] => lie(how),
        ["attack", how, aim] => attack(how, aim),
        _ => Err(io::Error::other("what is asked is not known")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Locks itself down as a worker does, then tries something; says `denied` or `succeeded`.
fn attack(how: &str, aim: &str) -> io::Result<()> {
    // Opened before, and so inherited in the eyes of the lock-down.
    let mut opened = OpenOptions::new().read(true).write(true).open(aim).ok();
    let parent = rustix::process::getppid();
    if how == "second-thread" {
        std::thread::spawn(|| std::thread::sleep(Duration::from_secs(3600)));
    }
    let enforced = lock_down(&Limits { address_space: 256 << 20, ..Limits::default() }).map_err(io::Error::other)?;
    let tried: io::Result<()> = match how {
        "nothing" => Ok(()),
        "say" => {
            let held = enforced.lines().into_iter().filter(|(_, is_there, _)| *is_there);
            Err(io::Error::other(held.map(|(what, ..)| what).collect::<Vec<_>>().join("; ")))
        }
        "panic" => match std::panic::catch_unwind(|| panic!("inside a parser")) {
            Ok(()) => Ok(()),
            Err(_) => Err(io::Error::other("caught")),
        },
        "open" => File::open(aim).map(drop),
        "list" => fs::read_dir("/").map(drop),
        "create" => File::create(aim).map(drop),
        "remove" => fs::remove_file(aim),
        "open-parent" => {
            File::open(format!("/proc/{}/mem", parent.map_or(0, |pid| pid.as_raw_nonzero().get()))).map(drop)
        }
        "read-inherited" => opened.as_mut().map_or(Ok(()), |file| file.read(&mut [0; 8]).map(drop)),
        "write-inherited" => opened.as_mut().map_or(Ok(()), |file| file.write(b"gone").map(drop)),
        "write-input" => rustix::io::write(io::stdin().as_fd(), b"gone").map(drop).map_err(Into::into),
        "connect" => TcpStream::connect(aim).map(drop),
        "send" => UdpSocket::bind("127.0.0.1:0").map(drop),
        "pair" => std::os::unix::net::UnixStream::pair().map(drop),
        "host-name" => match fs::read_to_string("/proc/sys/kernel/hostname") {
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        },
        "root" => fs::metadata("/etc").map(drop),
        "processes" => (1..100).try_for_each(|_| Command::new("/bin/true").spawn().map(drop)),
        "mount" => {
            rustix::mount::mount("none", "/", "tmpfs", rustix::mount::MountFlags::empty(), None).map_err(Into::into)
        }
        "desk" => fs::read(std::path::Path::new(aim).join("ledger.db")).map(drop),
        "memory" => OpenOptions::new()
            .write(true)
            .open(format!("/proc/{}/mem", parent.map_or(0, |pid| pid.as_raw_nonzero().get())))
            .map(drop),
        "exec" => Err(Command::new("/bin/true").exec()),
        "spawn" => Command::new("/bin/true").spawn().map(drop),
        "thread" => std::thread::Builder::new().spawn(|| ()).map(drop),
        "kill" => parent.map_or(Ok(()), |pid| {
            rustix::process::kill_process(pid, rustix::process::Signal::CONT).map_err(Into::into)
        }),
        "raise-limits" => {
            let limit = rustix::process::Rlimit { current: None, maximum: None };
            rustix::process::setrlimit(rustix::process::Resource::As, limit).map_err(Into::into)
        }
        "allocate" => Vec::<u8>::new().try_reserve_exact(300 << 20).map_err(io::Error::other),
        _ => Err(io::Error::other("an unknown attack")),
    };
    match tried {
        Ok(()) => writeln!(io::stdout(), "succeeded"),
        Err(error) => writeln!(io::stdout(), "denied: {error}"),
    }
}

/// What a tool tries that was taken over: it was locked down before it was started.
fn misuse(how: &str, aim: &str, input: &str) -> io::Result<()> {
    let parent = rustix::process::getppid();
    let unlike = || io::Error::other("it is otherwise");
    let tried: io::Result<()> = match how {
        "nothing" => Ok(()),
        "input" => fs::read(input).and_then(|bytes| if bytes == aim.as_bytes() { Ok(()) } else { Err(unlike()) }),
        "write-input" => OpenOptions::new().write(true).open(input).and_then(|mut file| file.write_all(b"gone")),
        "open" => File::open(aim).map(drop),
        "list" => fs::read_dir(aim).map(drop),
        "create" => File::create(aim).map(drop),
        "remove" => fs::remove_file(aim),
        "exec" => Err(Command::new(aim).exec()),
        "spawn" => Command::new("/bin/true").spawn().map(drop),
        "thread" => std::thread::Builder::new().spawn(|| ()).map(drop),
        "connect" => TcpStream::connect(aim).map(drop),
        "connect-here" => std::os::unix::net::UnixStream::connect(aim).map(drop),
        "pair" => std::os::unix::net::UnixStream::pair().map(drop),
        "kill" => parent.map_or(Ok(()), |pid| {
            rustix::process::kill_process(pid, rustix::process::Signal::CONT).map_err(Into::into)
        }),
        "memory" => File::open(format!("/proc/{}/mem", parent.map_or(1, |pid| pid.as_raw_nonzero().get()))).map(drop),
        "mount" => {
            rustix::mount::mount("none", "/", "tmpfs", rustix::mount::MountFlags::empty(), None).map_err(Into::into)
        }
        "environment" => match std::env::vars().collect::<Vec<_>>()[..] {
            [(ref name, _)] if name == "OMP_THREAD_LIMIT" => Ok(()),
            _ => Err(unlike()),
        },
        "read-descriptor" => fs::read(format!("/proc/self/fd/{aim}")).map(drop),
        "raise-limits" => {
            let limit = rustix::process::Rlimit { current: None, maximum: None };
            rustix::process::setrlimit(rustix::process::Resource::As, limit).map_err(Into::into)
        }
        "allocate" => Vec::<u8>::new().try_reserve_exact(3 << 30).map_err(io::Error::other),
        "spin" => loop {
            std::hint::spin_loop();
        },
        "hang" => loop {
            std::thread::sleep(Duration::from_secs(3600));
        },
        "flood" => loop {
            write(&[b'x'; 4096])?;
        },
        "die" => {
            writeln!(io::stderr(), "I die")?;
            std::process::abort()
        }
        _ => Err(io::Error::other("an unknown misuse")),
    };
    match tried {
        Ok(()) => writeln!(io::stdout(), "succeeded"),
        Err(error) => writeln!(io::stdout(), "denied: {error}"),
    }
}

/// Answers requests for files whose name has no `bad` in it as it should, and the others in its own way.
fn lie(how: &str) -> io::Result<()> {
    let mut message = vec![0; 64 << 10];
    let _limits = io::stdin().read(&mut message)?;
    let enforced = if how == "unjailed" {
        Enforced::default()
    } else {
        Enforced {
            landlock_version: 1,
            seccomp: true,
            no_new_privs: true,
            resource_limits: true,
            ..Enforced::default()
        }
    };
    frame(1, &cbor(&enforced)?)?;
    if how == "refuse" {
        return Ok(());
    }
    loop {
        let length = rustix::io::read(io::stdin().as_fd(), &mut message)?;
        if length == 0 {
            return Ok(());
        }
        let (name, was_tried) = asked(&message[..length]).map_err(io::Error::other)?;
        if was_tried {
            frame(7, &cbor(&false)?)?;
            continue;
        }
        frame(3, &cbor(&FileStart { path: name.clone(), size: None, entry: 1 })?)?;
        frame(4, b"half of it")?;
        if name.contains("bad") {
            match how {
                "die" => std::process::abort(),
                "leave" => return Err(io::Error::other("I leave")),
                "hang" => std::thread::sleep(Duration::from_secs(3600)),
                "spin" => loop {
                    std::hint::spin_loop();
                },
                "half" => return write(&[200, 0, 0, 0, 4, b'x']),
                "nonsense" => write(b"\xff\xff\xff\xff, and so on")?,
                "twice" => frame(3, &cbor(&FileStart { path: name.clone(), size: None, entry: 1 })?)?,
                "elsewhere" => frame(6, &cbor(&Finding { path: "other".into(), kind: 4, detail: String::new() })?)?,
                "flood" => loop {
                    frame(4, &[0; 1000])?;
                },
                "drip" => loop {
                    frame(6, &cbor(&Finding { path: name.clone(), kind: 4, detail: String::new() })?)?;
                    std::thread::sleep(Duration::from_millis(20));
                },
                _ => return Err(io::Error::other("an unknown lie")),
            }
        }
        frame(5, &cbor(&true)?)?;
        frame(7, &cbor(&false)?)?;
    }
}

#[derive(minicbor::Encode)]
struct FileStart {
    #[n(0)]
    path: String,
    #[n(1)]
    size: Option<u64>,
    #[n(2)]
    entry: u64,
}

#[derive(minicbor::Encode)]
struct Finding {
    #[n(0)]
    path: String,
    #[n(1)]
    kind: u32,
    #[n(2)]
    detail: String,
}

/// The name in a request, and whether a child before this one died of its first entry.
fn asked(request: &[u8]) -> Result<(String, bool), minicbor::decode::Error> {
    let mut decoder = minicbor::Decoder::new(request);
    decoder.array()?;
    let is_document = decoder.u32()? == 1;
    decoder.array()?;
    let name = decoder.str()?.to_owned();
    if is_document {
        return Ok((name, false));
    }
    decoder.array()?;
    Ok((name, decoder.u64()? > 0))
}

fn cbor(value: &impl minicbor::Encode<()>) -> io::Result<Vec<u8>> {
    minicbor::to_vec(value).map_err(io::Error::other)
}

fn frame(kind: u8, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len() + 1).map_err(io::Error::other)?;
    write(&[&length.to_le_bytes()[..], &[kind], payload].concat())
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}
