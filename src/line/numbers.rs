//! What LINE tells of an account's use: the month's quota, and what it counted under names.

use serde::Deserialize;

use crate::{
    domain::time::Date,
    messenger::{LinkStatistics, Quota, UnitStatistics},
};

pub(super) const QUOTA: &str = "/v2/bot/message/quota";
pub(super) const CONSUMPTION: &str = "/v2/bot/message/quota/consumption";
pub(super) const UNITS: &str = "/v2/bot/message/aggregation/info";
pub(super) const STATISTICS: &str = "/v2/bot/insight/message/event/aggregation";

/// `{"type":"none"}` or `{"type":"limited","value":1000}`. A kind that is new counts by its value.
#[derive(Deserialize)]
pub(super) struct QuotaShape {
    value: Option<u64>,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsumptionShape {
    total_usage: u64,
}

pub(super) fn quota(quota: &QuotaShape, consumption: &ConsumptionShape) -> Quota {
    Quota { limit: quota.value.filter(|_| quota.kind != "none"), used: consumption.total_usage }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UnitsShape {
    pub(super) num_of_custom_aggregation_units: u64,
}

#[derive(Deserialize)]
pub(super) struct StatisticsShape {
    #[serde(default)]
    overview: OverviewShape,
    #[serde(default)]
    clicks: Vec<ClickShape>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OverviewShape {
    unique_impression: Option<u64>,
    unique_click: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClickShape {
    url: String,
    unique_click: Option<u64>,
}

pub(super) fn statistics(told: StatisticsShape) -> UnitStatistics {
    let links = told.clicks.into_iter();
    UnitStatistics {
        seen: told.overview.unique_impression,
        opened_a_link: told.overview.unique_click,
        links: links.map(|link| LinkStatistics { url: link.url, people: link.unique_click }).collect(),
    }
}

/// Whether LINE counts under such a name ("customAggregationUnits").
pub(super) fn is_unit(name: &str) -> bool {
    let is_sign = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=30).contains(&name.len()) && name.bytes().all(is_sign)
}

/// The query for a name's numbers.
pub(super) fn query(unit: &str, from: Date, to: Date) -> String {
    let day = |day: Date| day.strftime("%Y%m%d");
    format!("?customAggregationUnit={unit}&from={}&to={}", day(from), day(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape<'a, T: Deserialize<'a>>(text: &'a str) -> T {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_plan_without_a_limit_is_not_a_limit_of_nothing() {
        let used = shape(r#"{"totalUsage":500}"#);
        let of = |text: &str| quota(&shape(text), &used);
        assert_eq!(of(r#"{"type":"none"}"#), Quota { limit: None, used: 500 });
        assert_eq!(of(r#"{"type":"none","value":0}"#).left(), None);
        assert_eq!(of(r#"{"type":"limited","value":1200}"#).left(), Some(700));
        assert_eq!(of(r#"{"type":"limited","value":30}"#).left(), Some(0), "more was used than there was");
    }

    #[test]
    fn numbers_that_line_does_not_tell_are_missing_and_not_zero() {
        // The example of LINE's own description, shortened.
        let told = shape(
            r#"{"overview":{"uniqueImpression":40,"uniqueClick":null,"uniqueMediaPlayed":25},
                "messages":[{"seq":1,"impression":42}],
                "clicks":[{"seq":1,"url":"https://developers.line.biz/","click":35,"uniqueClick":25},
                          {"seq":1,"url":"https://developers.line.biz/en/","click":29,"uniqueClick":null}]}"#,
        );
        let told = statistics(told);
        assert_eq!((told.seen, told.opened_a_link), (Some(40), None));
        assert_eq!(told.links.iter().map(|link| link.people).collect::<Vec<_>>(), [Some(25), None]);
        assert_eq!(statistics(shape("{}")), UnitStatistics::default());
    }

    #[test]
    fn a_query_names_days_as_line_does_and_only_names_that_line_takes() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let asked = query("ann_1", day("2026-03-01"), day("2026-03-31"));
        assert_eq!(asked, "?customAggregationUnit=ann_1&from=20260301&to=20260331");
        assert!(is_unit("A_z09") && is_unit(&"a".repeat(30)));
        for bad in ["", "a b", "a&from=1", "あ", &"a".repeat(31)] {
            assert!(!is_unit(bad), "{bad}");
        }
    }
}
