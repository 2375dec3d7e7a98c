//! Sizes as areas: a rectangle cut in two, and each half again, until every size has its own.

/// A part of the rectangle, in its units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
}

/// An area for each size, as large as its part of the sum, in the order given: what stands beside each other lies beside each other. Where
/// there are more sizes than units, some areas are empty.
pub(super) fn treemap(sizes: &[u64], whole: Area) -> Vec<Area> {
    let mut areas = Vec::with_capacity(sizes.len());
    cut(sizes, whole, &mut areas);
    areas
}

fn cut(sizes: &[u64], whole: Area, areas: &mut Vec<Area>) {
    let sum = |sizes: &[u64]| sizes.iter().map(|size| u128::from(*size)).sum::<u128>();
    let total = sum(sizes);
    let middle = match sizes {
        [] => return,
        [_] => {
            areas.push(whole);
            return;
        }
        // Where both halves are most alike.
        _ => (1..sizes.len()).min_by_key(|at| (sum(&sizes[..*at]) * 2).abs_diff(total)).unwrap_or(1),
    };
    let (first, second) = sizes.split_at(middle);
    let part = |length: u64| {
        let part = (u128::from(length) * sum(first)).checked_div(total).unwrap_or(0);
        u64::try_from(part).unwrap_or(length)
    };
    let Area { x, y, width, height } = whole;
    let (left, right) = if width >= height {
        let at = part(width);
        (Area { width: at, ..whole }, Area { x: x + at, width: width - at, ..whole })
    } else {
        let at = part(height);
        (Area { height: at, ..whole }, Area { y: y + at, height: height - at, ..whole })
    };
    cut(first, left, areas);
    cut(second, right, areas);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Area = Area { x: 0, y: 0, width: 960, height: 480 };

    proptest::proptest! {
        #[test]
        fn the_areas_are_the_whole_and_none_lies_on_another(sizes in proptest::collection::vec(0_u64..1 << 50, 0..80)) {
            let areas = treemap(&sizes, WHOLE);
            proptest::prop_assert_eq!(areas.len(), sizes.len());
            let covered: u64 = areas.iter().map(|area| area.width * area.height).sum();
            proptest::prop_assert_eq!(covered, if sizes.is_empty() { 0 } else { WHOLE.width * WHOLE.height });
            for (at, one) in areas.iter().enumerate() {
                proptest::prop_assert!(one.x + one.width <= WHOLE.width && one.y + one.height <= WHOLE.height);
                for other in &areas[..at] {
                    let apart = |a: (u64, u64), b: (u64, u64)| a.0 + a.1 <= b.0 || b.0 + b.1 <= a.0;
                    let empty = one.width * one.height == 0 || other.width * other.height == 0;
                    proptest::prop_assert!(
                        empty || apart((one.x, one.width), (other.x, other.width)) || apart((one.y, one.height), (other.y, other.height))
                    );
                }
            }
        }
    }

    #[test]
    fn areas_are_as_the_sizes() {
        let areas = treemap(&[4, 2, 1, 1], WHOLE);
        let of_whole: Vec<u64> = areas.iter().map(|area| area.width * area.height * 8 / (960 * 480)).collect();
        assert_eq!(of_whole, [4, 2, 1, 1]);
        assert_eq!(treemap(&[u64::MAX, u64::MAX], WHOLE)[1], Area { x: 480, y: 0, width: 480, height: 480 });
    }
}
