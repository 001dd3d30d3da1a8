//! Charts: numbers by day → where bars, lines and labels stand. Pure; `templates/console/chart.html` draws
//! it as SVG, with the numbers as a table below.
//!
//! The shapes carry no colours: the stylesheet gives them, for light, dark and paper, and each series has a
//! pattern or a mark of its own beside its colour.

/// The drawing's size, in units of its own; it is scaled to the page.
pub(super) const WIDTH: u64 = 1440;
/// See [`WIDTH`].
pub(super) const HEIGHT: u64 = 520;
/// Where the bars begin: left of it stand the numbers.
const LEFT: u64 = 110;
const RIGHT: u64 = WIDTH - 60;
const TOP: u64 = 30;
const BOTTOM: u64 = HEIGHT - 70;
/// Of a longer time only days with something counted have marks on lines: others would hide the line.
const MARKED_DAYS: usize = 35;
/// The most labels below the chart.
const MOST_LABELS: usize = 8;

/// What is counted.
pub(super) struct Series {
    /// For people.
    pub(super) label: String,
    /// One number a day.
    pub(super) values: Vec<u64>,
}

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One series upon another: what they add up to is the day.
    Stacked,
    /// Each series by itself.
    Lines,
}

/// A piece of a bar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) series: usize,
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
    /// Shown while a mouse rests on it.
    pub(super) said: String,
}

/// A series as a line with marks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) series: usize,
    /// `x,y x,y …`
    pub(super) points: String,
    /// Each with what is shown while a mouse rests on it.
    pub(super) marks: Vec<(u64, u64, String)>,
}

/// Everything that the template draws.
pub(super) struct Chart {
    /// Unique on the page.
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) bars: Vec<Bar>,
    pub(super) lines: Vec<Line>,
    /// Height and number.
    pub(super) ticks: Vec<(u64, u64)>,
    /// Place and day.
    pub(super) labels: Vec<(u64, String)>,
    /// Label and sum of each series.
    pub(super) legend: Vec<(String, u64)>,
    /// The day and its numbers.
    pub(super) rows: Vec<(String, Vec<u64>)>,
}

impl Chart {
    /// Lays out a chart. Every series has one value for each of `days`, which people read.
    pub(super) fn new(
        id: &'static str,
        title: String,
        kind: Kind,
        days: &[String],
        series: &[Series],
    ) -> Self {
        let value = |series: &Series, at: usize| series.values.get(at).copied().unwrap_or(0);
        let of_day = |at: usize| series.iter().map(move |series| value(series, at));
        let highest = (0..days.len()).filter_map(|at| match kind {
            Kind::Stacked => Some(of_day(at).sum()),
            Kind::Lines => of_day(at).max(),
        });
        let ticks = ticks(highest.max().unwrap_or(0));
        let top = ticks.last().copied().unwrap_or(1);
        let scale = Scale { days: days.len().max(1) as u64, top };
        let mut chart = Self {
            id,
            title,
            bars: Vec::new(),
            lines: Vec::new(),
            ticks: ticks.into_iter().map(|number| (scale.y(number), number)).collect(),
            labels: labels(days, &scale),
            legend: series.iter().map(|one| (one.label.clone(), one.values.iter().sum())).collect(),
            rows: (0..days.len()).map(|at| (days[at].clone(), of_day(at).collect())).collect(),
        };
        let said = |at: usize, one: &Series| format!("{} {} {}", days[at], one.label, value(one, at));
        match kind {
            Kind::Stacked => {
                for at in 0..days.len() {
                    let mut below = 0;
                    for (number, one) in series.iter().enumerate().filter(|(_, one)| value(one, at) > 0) {
                        let above = below + value(one, at);
                        let (x, width) = scale.bar(at as u64);
                        let (y, height) = (scale.y(above), scale.y(below) - scale.y(above));
                        chart.bars.push(Bar { series: number, x, y, width, height, said: said(at, one) });
                        below = above;
                    }
                }
            }
            Kind::Lines => {
                for (number, one) in series.iter().enumerate() {
                    let mark = |at: usize| (scale.middle(at as u64), scale.y(value(one, at)), said(at, one));
                    let all: Vec<_> = (0..days.len()).map(|at| (value(one, at), mark(at))).collect();
                    let points: Vec<String> = all.iter().map(|(_, (x, y, _))| format!("{x},{y}")).collect();
                    let is_marked = |(count, mark)| (days.len() <= MARKED_DAYS || count > 0).then_some(mark);
                    let marks = all.into_iter().filter_map(is_marked).collect();
                    chart.lines.push(Line { series: number, points: points.join(" "), marks });
                }
            }
        }
        chart
    }

    /// Whether there is anything to see.
    pub(super) fn is_empty(&self) -> bool {
        self.legend.iter().all(|(_, sum)| *sum == 0)
    }
}

struct Scale {
    days: u64,
    /// The number at the top.
    top: u64,
}

impl Scale {
    fn y(&self, number: u64) -> u64 {
        let height = u128::from(BOTTOM - TOP) * u128::from(number) / u128::from(self.top);
        BOTTOM - u64::try_from(height).unwrap_or(0).min(BOTTOM - TOP)
    }

    fn left(&self, at: u64) -> u64 {
        LEFT + (RIGHT - LEFT) * at / self.days
    }

    fn middle(&self, at: u64) -> u64 {
        u64::midpoint(self.left(at), self.left(at + 1))
    }

    /// Where a day's bar begins, and how wide it is.
    fn bar(&self, at: u64) -> (u64, u64) {
        let room = self.left(at + 1) - self.left(at);
        let gap = (room / 5).max(1);
        (self.left(at) + gap / 2, (room - gap).min(80))
    }
}

/// At most six numbers from 0 up to one that is not below the highest, in steps of 1, 2 or 5 of a power of ten.
pub(super) fn ticks(highest: u64) -> Vec<u64> {
    let mut power: u64 = 1;
    let step = loop {
        if let Some(step) =
            [1, 2, 5].iter().map(|n| power.saturating_mul(*n)).find(|step| highest <= step * 5)
        {
            break step;
        }
        power = power.saturating_mul(10);
    };
    (0..=highest.div_ceil(step).max(1)).map(|n| n * step).collect()
}

fn labels(days: &[String], scale: &Scale) -> Vec<(u64, String)> {
    let every = days.len().div_ceil(MOST_LABELS).max(1);
    // Counted from the last day back: today has its label.
    let shown = days.iter().enumerate().rev().step_by(every);
    shown.map(|(at, day)| (scale.middle(at as u64), day.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(kind: Kind, numbers: &[&[u64]]) -> Chart {
        let days: Vec<String> = (1..=numbers[0].len()).map(|day| format!("3/{day}")).collect();
        let series: Vec<Series> =
            numbers.iter().map(|values| Series { label: "x".into(), values: values.to_vec() }).collect();
        Chart::new("c", "title".into(), kind, &days, &series)
    }

    #[test]
    fn ticks_are_few_round_and_reach_over_the_highest() {
        assert_eq!(ticks(0), [0, 1]);
        assert_eq!(ticks(3), [0, 1, 2, 3]);
        assert_eq!(ticks(11), [0, 5, 10, 15]);
        assert_eq!(ticks(480), [0, 100, 200, 300, 400, 500]);
        for highest in (0..5_000).chain([999_999, 1_500_000]) {
            let ticks = ticks(highest);
            assert!(ticks.len() <= 6 && *ticks.last().unwrap() >= highest, "{highest}: {ticks:?}");
        }
    }

    #[test]
    fn bars_stand_upon_each_other_within_the_chart() {
        let chart = chart(Kind::Stacked, &[&[4, 0, 1], &[6, 2, 0]]);
        let pieces: Vec<_> = chart.bars.iter().map(|bar| (bar.series, bar.y, bar.height)).collect();
        // Ten is at the top, and one is a tenth of the 420 units.
        assert_eq!(pieces, [(0, 282, 168), (1, 30, 252), (1, 366, 84), (0, 408, 42)]);
        assert_eq!(chart.bars[0].x, chart.bars[1].x);
        assert!(chart.bars.iter().all(|bar| bar.x >= LEFT && bar.x + bar.width <= RIGHT));
        assert_eq!(chart.bars[1].said, "3/1 x 6");
        assert_eq!(chart.legend, [("x".to_owned(), 5), ("x".to_owned(), 8)]);
        assert_eq!(chart.rows[1], ("3/2".to_owned(), vec![0, 2]));
    }

    #[test]
    fn lines_have_a_mark_a_day_with_something_and_nothing_leaves_the_chart() {
        let long: Vec<u64> = (0..91).map(|n| n * 17 % 40).collect();
        let chart = chart(Kind::Lines, &[&long, &vec![0; 91]]);
        assert_eq!(chart.lines.len(), 2);
        assert_eq!(chart.lines[0].marks.len(), long.iter().filter(|n| **n > 0).count());
        assert!(chart.lines[1].marks.is_empty());
        let inside =
            |(x, y, _): &(u64, u64, String)| (LEFT..=RIGHT).contains(x) && (TOP..=BOTTOM).contains(y);
        assert!(chart.lines.iter().flat_map(|line| &line.marks).all(inside));
        assert!(chart.lines[1].points.starts_with("116,450 "), "{}", chart.lines[1].points);
        assert!(chart.labels.len() <= MOST_LABELS && chart.labels[0].1 == "3/91");
    }

    #[test]
    fn nothing_counted_and_huge_numbers_are_drawn_too() {
        assert!(chart(Kind::Stacked, &[&[0, 0]]).is_empty());
        assert!(chart(Kind::Stacked, &[&[]]).is_empty());
        let huge = chart(Kind::Stacked, &[&[u64::MAX / 20]]);
        assert!(!huge.is_empty() && huge.bars[0].height <= BOTTOM - TOP);
    }
}
