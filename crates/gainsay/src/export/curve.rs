//! The curve that a window was read from, as a picture: how much of a sample stood at which time.

use crate::claim::{SampleMatch, Window};

/// The picture's size, in its own units.
pub const WIDTH: u64 = 640;
pub const HEIGHT: u64 = 120;

/// A curve over time, in the units of the picture.
pub struct Curve {
    /// The steps, as the data of an SVG path.
    pub steps: String,
    /// Where the window begins, and how wide it is.
    pub window: (u64, u64),
    /// The days at both ends.
    pub days: (String, String),
    /// The picture in words, for who does not see it.
    pub words: String,
}

impl Curve {
    /// The curve of a result; none where too few commits changed anything to draw one.
    pub fn of(result: &SampleMatch) -> Option<Curve> {
        let window = result.window.as_ref()?;
        let [first, .., last] = &result.curve[..] else { return None };
        let counts_files = result.curve.iter().all(|point| point.fingerprints == 0);
        let height = |point: &crate::claim::CurvePoint| if counts_files { point.files } else { point.fingerprints };
        let most = result.curve.iter().map(height).max().filter(|most| *most > 0)?;
        let axis = Axis::of(result, window)?;
        let mut steps = String::new();
        // Clocks of committers may go back; the curve goes on from where it was.
        let mut from = 0;
        for (number, point) in result.curve.iter().enumerate() {
            from = axis.at(point.commit.time.as_second()).max(from);
            let y = HEIGHT - height(point) * HEIGHT / most;
            steps += &if number == 0 { format!("M{from} {y}") } else { format!("H{from}V{y}") };
        }
        steps += &format!("H{WIDTH}");
        let (begins, ends) = (axis.at(window.first.time.as_second()), axis.at(window.last.time.as_second()));
        let ends = if window.open { WIDTH } else { ends };
        let what = if counts_files { "files" } else { "distinctive fingerprints" };
        Some(Curve {
            steps,
            // A window of one commit is to be seen too.
            window: (begins.min(WIDTH - 2), ends.saturating_sub(begins).max(2)),
            days: (first.commit.day(), last.commit.day().max(window.last.day())),
            words: format!(
                "How many of the sample's {what} stood in {} at once, from none to {most}, {} to {}; shaded: the window.",
                window.line,
                first.commit.day(),
                last.commit.day().max(window.last.day()),
            ),
        })
    }
}

/// Time as a place in the picture.
struct Axis {
    first: i64,
    seconds: u64,
}

impl Axis {
    fn of(result: &SampleMatch, window: &Window) -> Option<Axis> {
        let times = result.curve.iter().map(|point| point.commit.time.as_second());
        let times = times.chain([window.first.time.as_second(), window.last.time.as_second()]);
        let (first, last) = (times.clone().min()?, times.max()?);
        let seconds = u64::try_from(last.checked_sub(first)?).ok().filter(|seconds| *seconds > 0)?;
        Some(Axis { first, seconds })
    }

    fn at(&self, time: i64) -> u64 {
        let since = u64::try_from(time.saturating_sub(self.first)).unwrap_or_default().min(self.seconds);
        let place = u128::from(since) * u128::from(WIDTH) / u128::from(self.seconds);
        u64::try_from(place).unwrap_or(WIDTH)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

    use jiff::Timestamp;

    use super::*;
    use crate::claim::{Commit, CurvePoint};

    fn commit(time: i64) -> Commit {
        Commit { id: "aa".into(), time: Timestamp::from_second(time).unwrap() }
    }

    fn result(points: &[(i64, u64)], window: (i64, i64), open: bool) -> SampleMatch {
        let (first, last) = (commit(window.0), commit(window.1));
        let window = Window {
            line: "code.git".into(),
            strict: (first.clone(), last.clone()),
            first: first.clone(),
            last,
            open,
            best: first,
            fit: 1,
            of: 1,
        };
        let point = |(time, fingerprints): &(i64, u64)| CurvePoint {
            commit: commit(*time),
            files: 1,
            fingerprints: *fingerprints,
        };
        SampleMatch { window: Some(window), curve: points.iter().map(point).collect(), ..SampleMatch::default() }
    }

    #[test]
    fn the_curve_goes_in_steps_and_the_window_lies_on_it() {
        let curve = Curve::of(&result(&[(0, 0), (50, 4), (60, 8), (100, 2)], (60, 100), false)).unwrap();
        assert_eq!(curve.steps, "M0 120H320V60H384V0H640V90H640");
        assert_eq!(curve.window, (384, 256));
        let open = Curve::of(&result(&[(0, 1), (100, 2)], (100, 100), true)).unwrap();
        assert_eq!(open.window, (638, 2));
    }

    #[test]
    fn clocks_that_go_back_do_not_turn_the_curve_and_one_point_is_none() {
        let curve = Curve::of(&result(&[(50, 1), (40, 2), (90, 1)], (40, 90), false)).unwrap();
        assert_eq!(curve.steps, "M128 60H128V0H640V60H640");
        assert!(Curve::of(&result(&[(50, 1)], (50, 50), false)).is_none());
        assert!(Curve::of(&result(&[(50, 1), (50, 2)], (50, 50), false)).is_none());
        assert!(
            Curve::of(&result(&[(50, 0), (60, 0)], (50, 60), false)).is_some_and(|curve| curve.words.contains("files"))
        );
    }
}
