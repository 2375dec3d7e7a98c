//! Packages by the paths at which their managers keep them.

/// The package that a file belongs to, by its whole path: its name and its version, where the layout of a cache tells them.
///
/// cargo's `registry/src/INDEX/NAME-VERSION/…` and `NAME-VERSION.crate`, `node_modules/[@SCOPE/]NAME/…`, `site-packages`'
/// `NAME-VERSION.dist-info`, wheels, gems, Go's `pkg/mod/MODULE@VERSION` and its `cache/download/MODULE/@v/VERSION.zip`, Maven's
/// `repository/GROUP/NAME/VERSION/NAME-VERSION.jar`. What lies in an archive is part of its package.
pub fn package_of(path: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(path).ok()?;
    let path = path.split('!').next().unwrap_or(path);
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    let (file, above) = names.split_last()?;
    if let Some(module) = go_module(&names) {
        return Some(module);
    }
    if let Some(stem) = file.strip_suffix(".crate").or_else(|| file.strip_suffix(".gem")) {
        return name_and_version(stem);
    }
    if let Some(stem) = file.strip_suffix(".whl") {
        let mut parts = stem.split('-');
        return Some(format!("{} {}", parts.next()?, parts.next()?));
    }
    if file.ends_with(".jar")
        && let [.., name, version] = above
        && file.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')).is_some_and(|rest| rest.starts_with(version))
    {
        return Some(format!("{name} {version}"));
    }
    // Of packages in packages the innermost.
    for (at, name) in above.iter().enumerate().rev() {
        if *name == "node_modules" {
            let rest = &names[at + 1..];
            return match rest {
                [scope, name, _, ..] if scope.starts_with('@') => Some(format!("{scope}/{name}")),
                [name, _, ..] if !name.starts_with(['@', '.']) => Some((*name).to_owned()),
                _ => None,
            };
        }
        if let Some(stem) = name.strip_suffix(".dist-info") {
            return name_and_version(stem);
        }
        if at >= 3 && above[at - 3..at - 1] == ["registry", "src"] {
            return name_and_version(name);
        }
    }
    None
}

/// Go's modules. Those with upper-case letters, which Go writes with a `!`, are not told from archives.
fn go_module(names: &[&str]) -> Option<String> {
    if let [before @ .., "@v", file] = names {
        let version = file.strip_suffix(".zip")?;
        let begin = before.iter().rposition(|name| *name == "download")?;
        return Some(format!("{} {version}", before[begin + 1..].join("/")));
    }
    let begin = names.windows(2).position(|pair| pair == ["pkg", "mod"])? + 2;
    let end = begin + names.get(begin..)?.iter().position(|name| name.contains('@'))?;
    let (last, version) = names[end].split_once('@').filter(|(last, _)| !last.is_empty())?;
    let module = [&names[begin..end], &[last][..]].concat().join("/");
    Some(format!("{module} {version}"))
}

/// A name and the version that follows it after a dash: a number, and a dot or nothing more.
fn name_and_version(stem: &str) -> Option<String> {
    let is_version = |at: &usize| {
        let rest = stem[at + 1..].trim_start_matches(|digit: char| digit.is_ascii_digit());
        rest.len() < stem.len() - at - 1 && (rest.is_empty() || rest.starts_with('.'))
    };
    let at = stem.match_indices('-').map(|(at, _)| at).find(is_version)?;
    Some(format!("{} {}", &stem[..at], &stem[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_by_their_paths() {
        for (path, package) in [
            (
                "/home/a/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/serde_json-1.0.140/src/de.rs",
                "serde_json 1.0.140",
            ),
            ("/home/a/.cargo/registry/cache/index/x-509-0.2.0-rc.1.crate", "x-509 0.2.0-rc.1"),
            ("/home/a/.cargo/registry/cache/index/x-1.0.0.crate!x-1.0.0/src/lib.rs", "x 1.0.0"),
            ("/app/node_modules/left-pad/index.js", "left-pad"),
            ("/app/node_modules/a/node_modules/@types/node/fs.d.ts", "@types/node"),
            ("/usr/lib/python3/site-packages/requests-2.31.0.dist-info/METADATA", "requests 2.31.0"),
            ("wheels/numpy-1.26.4-cp311-cp311-linux_x86_64.whl", "numpy 1.26.4"),
            ("/go/pkg/mod/golang.org/x/text@v0.3.0/unicode/norm/a.go", "golang.org/x/text v0.3.0"),
            ("/go/pkg/mod/cache/download/golang.org/x/text/@v/v0.3.0.zip", "golang.org/x/text v0.3.0"),
            ("/m2/repository/org/slf4j/slf4j-api/2.0.9/slf4j-api-2.0.9-sources.jar", "slf4j-api 2.0.9"),
            ("/gems/cache/rack-3.0.8.gem", "rack 3.0.8"),
        ] {
            assert_eq!(package_of(path.as_bytes()).as_deref(), Some(package), "{path}");
        }
        for path in
            ["/src/main.rs", "/app/node_modules/.package-lock.json", "/lib/tool.jar", "/a/site-packages/six.py", ""]
        {
            assert_eq!(package_of(path.as_bytes()), None, "{path}");
        }
    }
}
