//! How many residents a predicate holds, and of what they are: attributes, never people.

use jiff::civil::Date;

use super::{SegmentError, account_of, read};
use crate::{
    domain::{
        account::Account,
        attribute::{AttributeId, ChoiceId},
        segment::{
            self, Breakdown, Part, Predicate, Set, Shown, Written,
            split::{Slice, Split, splits},
        },
        staff::{
            Actor,
            rights::{EditSegments, SeeFigures},
        },
    },
    journeys::Ctx,
};

/// How many residents a predicate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Those for whom it holds.
    pub residents: Shown,
    /// Everybody who is known.
    pub everybody: Shown,
    /// The day that counted as today.
    pub today: Date,
}

/// A count broken down by one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByAttribute {
    /// Which one; `None`: by language.
    pub attribute: Option<AttributeId>,
    /// Of places: in this role.
    pub role: Option<ChoiceId>,
    /// Whether one person may belong to several parts.
    pub overlaps: bool,
    /// How many belong to each part.
    pub parts: Vec<(Slice, Shown)>,
}

/// Counts the residents for whom a predicate holds today.
pub async fn count(ctx: &Ctx, actor: &Actor<EditSegments>, predicate: &str) -> Result<Counted, SegmentError> {
    let account = account_of(ctx, actor)?;
    let (predicate, _) = read(account, predicate)?;
    Ok(Counting::of(ctx, account, &predicate).await?.counted())
}

/// Counts the same, and breaks it down by what the account asks. Of a few, and of all but a few, nothing is
/// broken down.
pub async fn look(
    ctx: &Ctx,
    actor: &Actor<EditSegments>,
    predicate: &str,
) -> Result<(Counted, Vec<ByAttribute>), SegmentError> {
    let account = account_of(ctx, actor)?;
    let (predicate, _) = read(account, predicate)?;
    broken_down(ctx, account, &predicate).await
}

/// The same for journeys that have asked for a right of their own.
pub(in crate::journeys) async fn broken_down(
    ctx: &Ctx,
    account: &Account,
    predicate: &Predicate,
) -> Result<(Counted, Vec<ByAttribute>), SegmentError> {
    let counting = Counting::of(ctx, account, predicate).await?;
    let counted = counting.counted();
    let mut parts = Vec::new();
    if let Shown::Exactly(_) = counted.residents {
        for split in splits(&account.attributes, &account.languages) {
            parts.push(counting.split(split).await?);
        }
    }
    Ok((counted, parts))
}

/// Counts a named segment for whoever sees figures; `None`: what it asks, the account asks no more.
pub async fn count_named(
    ctx: &Ctx,
    actor: &Actor<SeeFigures>,
    written: &Written,
) -> Result<Option<Shown>, SegmentError> {
    let account = account_of(ctx, actor)?;
    match segment::read_again(written, &account.attributes) {
        Ok(predicate) => Ok(Some(Counting::of(ctx, account, &predicate).await?.counted().residents)),
        Err(_) => Ok(None),
    }
}

/// A set of residents on a day, with the numbers that nobody sees as they are.
struct Counting<'a> {
    ctx: &'a Ctx,
    account: &'a Account,
    today: Date,
    set: Set,
    residents: u64,
    everybody: u64,
}

impl<'a> Counting<'a> {
    async fn of(ctx: &'a Ctx, account: &'a Account, predicate: &Predicate) -> Result<Self, SegmentError> {
        let today = ctx.clock.now().to_zoned(account.time_zone.clone()).date();
        let set = segment::plan(predicate, today);
        let everybody = ctx.store.count_residents(&account.id, &Set::All(Vec::new())).await?;
        let residents = ctx.store.count_residents(&account.id, &set).await?;
        Ok(Self { ctx, account, today, set, residents, everybody })
    }

    fn counted(&self) -> Counted {
        Counted {
            residents: Shown::of_total(self.residents, self.everybody),
            everybody: Shown::of(self.everybody),
            today: self.today,
        }
    }

    async fn split(&self, split: Split) -> Result<ByAttribute, SegmentError> {
        let Split { attribute, role, overlaps, parts } = split;
        let mut counted = Vec::with_capacity(parts.len());
        for (name, predicate) in parts {
            let part = segment::plan(&predicate, self.today);
            let everywhere = self.ctx.store.count_residents(&self.account.id, &part).await?;
            let both = Set::All(vec![self.set.clone(), part]);
            let here = self.ctx.store.count_residents(&self.account.id, &both).await?;
            counted.push(Part { name, here, everywhere });
        }
        let breakdown = if overlaps { Breakdown::overlapping } else { Breakdown::disjoint };
        let parts = breakdown(self.residents, self.everybody, counted).parts;
        Ok(ByAttribute { attribute, role, overlaps, parts })
    }
}
