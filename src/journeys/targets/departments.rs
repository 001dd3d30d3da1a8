//! What became of each department's announcements: how many of those who were reached left soon after.

use std::collections::BTreeMap;

use super::known;
use crate::{
    domain::{
        figure::{FigureName, rate::Rate},
        staff::{Actor, Department, rights::SeeFigures},
    },
    journeys::{Ctx, figures::Period},
    store::StoreError,
};

/// A department's announcements in a time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OfDepartment {
    /// Whose; `None`: everybody's together, also those without a department.
    pub department: Option<Department>,
    /// How many were sent.
    pub announcements: u64,
    /// For how many people LINE accepted them; whoever got two counts twice.
    pub recipients: u64,
    /// How many of them left the account within 72 hours; whoever got two counts twice.
    pub blocks: u64,
}

impl OfDepartment {
    /// How many of those who were reached left.
    pub fn rate(&self) -> Option<Rate> {
        Rate::new(self.blocks, self.recipients)
    }
}

fn of(each: &mut BTreeMap<Department, OfDepartment>, department: Department) -> &mut OfDepartment {
    let begun = OfDepartment { department: Some(department.clone()), ..OfDepartment::default() };
    each.entry(department).or_insert(begun)
}

/// Everybody's together, and each department's, those of whom the most left first.
pub async fn departments(
    ctx: &Ctx,
    actor: &Actor<SeeFigures>,
    period: Period,
) -> Result<(OfDepartment, Vec<OfDepartment>), StoreError> {
    let (mut all, mut each) = (OfDepartment::default(), BTreeMap::<Department, OfDepartment>::new());
    for day in known(ctx, actor, period.from, period.to).await?.days {
        for (name, count) in day.own.into_iter().flat_map(|own| own.counts) {
            match name {
                FigureName::SentAnnouncements => all.announcements += count,
                FigureName::SentRecipients => all.recipients += count,
                FigureName::SentBlocks => all.blocks += count,
                FigureName::DepartmentAnnouncements(department) => {
                    of(&mut each, department).announcements += count;
                }
                FigureName::DepartmentRecipients(department) => of(&mut each, department).recipients += count,
                FigureName::DepartmentBlocks(department) => of(&mut each, department).blocks += count,
                _ => {}
            }
        }
    }
    let mut each: Vec<OfDepartment> = each.into_values().collect();
    let share = |of: &OfDepartment| of.rate().map_or(-1.0, |rate| rate.share);
    each.sort_by(|one, other| share(other).total_cmp(&share(one)));
    Ok((all, each))
}
