//! Rich menus for some residents alone: whoever a segment holds gets its menu as their own.
//!
//! LINE does not list who has which menu, so the store notes it after each call ([`crate::store::menu_links`]); a call that
//! was made and not noted is made again, which changes nothing. Where several menus are for a resident the first
//! in the order of their files counts. Whoever may not be reached has no menu of their own.

use std::collections::BTreeSet;

use crate::{
    domain::{
        account::Account,
        id::ResidentNo,
        menu::{MenuAlias, MenuId},
        segment::{self, Fault, Predicate, SegmentName, Set, Shown},
        staff::{Actor, rights::Announce},
        time::Timestamp,
    },
    journeys::Ctx,
    menus::{MOST_LINKED, RichMenus},
    messenger::SendError,
    store::StoreError,
};

/// So many LINE ids are looked up at once: looking up some costs as much as looking up many.
const LOOKED_UP: usize = 20 * MOST_LINKED;

/// A menu that is for a segment, in the order of its file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Wish {
    /// The menu's alias.
    pub menu: MenuAlias,
    /// The segment.
    pub segment: SegmentName,
    /// LINE's id of the menu, where it is there already.
    pub id: Option<MenuId>,
}

/// Why a menu cannot be given to a segment.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no such segment.
    #[error("the menu {menu} is for the segment {name:?}, which does not exist; there are {known}")]
    NoSegment {
        /// The menu.
        menu: MenuAlias,
        /// The name.
        name: String,
        /// Those that exist.
        known: String,
    },
    /// Several segments have the name.
    #[error(
        "the menu {menu} is for the segment {name:?}, and several have that name; give each one of its own"
    )]
    Several {
        /// The menu.
        menu: MenuAlias,
        /// The name.
        name: String,
    },
    /// The segment cannot be worked out any more: the account asks for something else now.
    #[error("the menu {menu} is for the segment {name:?}, which cannot be used: {}", listed(.faults))]
    Faults {
        /// The menu.
        menu: MenuAlias,
        /// The name.
        name: String,
        /// What is wrong.
        faults: Vec<Fault>,
    },
    /// The account is not there.
    #[error("there is no such account")]
    NoAccount,
    /// LINE did not do it; what was done before stays and is noted.
    #[error(transparent)]
    Line(#[from] SendError),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPlan {
    /// Residents who get a menu, for each wish for which there are any.
    pub links: Vec<(Wish, Shown)>,
    /// Residents who lose theirs; `None`: nobody does.
    pub unlinks: Option<Shown>,
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Linked {
    /// Residents who got a menu.
    pub linked: u64,
    /// Residents who lost theirs.
    pub unlinked: u64,
    /// Whether there is more to do.
    pub more: bool,
}

/// Who has to get which menu, and who has to lose theirs.
struct Due {
    links: Vec<(Wish, Vec<ResidentNo>)>,
    unlinks: Vec<ResidentNo>,
}

/// What is to be done; nothing is changed. `kept` are menus of ours that stay at LINE, by whomever they are seen.
pub async fn plan(
    ctx: &Ctx,
    actor: &Actor<Announce>,
    wishes: &[Wish],
    kept: &[MenuId],
) -> Result<LinkPlan, LinkError> {
    let Due { links, unlinks } = due(ctx, actor, wishes, kept).await?;
    let shown = |residents: &[ResidentNo]| Shown::of(residents.len() as u64);
    let links = links.into_iter().filter(|(_, residents)| !residents.is_empty());
    Ok(LinkPlan {
        links: links.map(|(wish, residents)| (wish, shown(&residents))).collect(),
        unlinks: (!unlinks.is_empty()).then(|| shown(&unlinks)),
    })
}

/// Carries it out, call by call, each noted when LINE has taken it; after `until` it begins no more calls.
pub async fn carry_out(
    ctx: &Ctx,
    menus: &dyn RichMenus,
    actor: &Actor<Announce>,
    wishes: &[Wish],
    kept: &[MenuId],
    until: Timestamp,
) -> Result<Linked, LinkError> {
    let account = actor.account();
    ctx.store.keep_menus(account, kept.to_vec()).await?;
    let Due { links, unlinks } = due(ctx, actor, wishes, kept).await?;
    let mut done = Linked::default();
    let links = links.into_iter().map(|(wish, residents)| (Some(wish), residents));
    for (wish, residents) in links.chain([(None, unlinks)]) {
        let menu = match &wish {
            // It is made before anybody gets it.
            Some(wish) if wish.id.is_none() && residents.is_empty() => continue,
            Some(wish) => Some(wish.id.clone().ok_or(SendError::Gone)?),
            None => None,
        };
        for many in residents.chunks(LOOKED_UP) {
            let users = ctx.store.line_users(account, many.to_vec()).await?;
            for some in users.chunks(MOST_LINKED) {
                if ctx.clock.now() >= until {
                    return Ok(Linked { more: true, ..done });
                }
                let (numbers, ids): (Vec<ResidentNo>, Vec<_>) = some.iter().cloned().unzip();
                match &menu {
                    Some(menu) => menus.link(account, menu, &ids).await?,
                    None => menus.unlink(account, &ids).await?,
                }
                ctx.store.note_menu(account, menu.clone(), numbers).await?;
                let count = if menu.is_some() { &mut done.linked } else { &mut done.unlinked };
                *count += ids.len() as u64;
            }
            if menu.is_none() {
                // Whoever was erased has no LINE id here any more: nobody can take anything away.
                ctx.store.note_menu(account, None, many.to_vec()).await?;
            }
        }
    }
    Ok(done)
}

async fn due(ctx: &Ctx, actor: &Actor<Announce>, wishes: &[Wish], kept: &[MenuId]) -> Result<Due, LinkError> {
    let account = ctx.library.account(actor.account()).ok_or(LinkError::NoAccount)?;
    let today = ctx.clock.now().to_zoned(account.time_zone.clone()).date();
    let mut sets: Vec<Set> = Vec::with_capacity(wishes.len());
    for predicate in predicates(ctx, account, wishes).await? {
        sets.push(segment::plan(&predicate, today));
    }
    let following = segment::plan(&Predicate::Following(true), today);
    let given = ctx.store.menu_links(&account.id).await?;
    let (mut links, mut wanted) = (Vec::with_capacity(wishes.len()), BTreeSet::new());
    for (at, wish) in wishes.iter().enumerate() {
        let earlier = sets[..at].iter().map(|set| Set::Not(Box::new(set.clone())));
        let set = Set::All([following.clone(), sets[at].clone()].into_iter().chain(earlier).collect());
        let residents = ctx.store.list_residents(&account.id, &set).await?;
        let have = given.iter().find(|(menu, _)| Some(menu) == wish.id.as_ref());
        let have: BTreeSet<ResidentNo> =
            have.map(|(_, residents)| residents.iter().copied().collect()).unwrap_or_default();
        wanted.extend(residents.iter().copied());
        links.push((wish.clone(), residents.into_iter().filter(|one| !have.contains(one)).collect()));
    }
    let given = given.iter().filter(|(menu, _)| kept.contains(menu));
    let unlinks: BTreeSet<ResidentNo> =
        given.flat_map(|(_, residents)| residents).copied().filter(|one| !wanted.contains(one)).collect();
    Ok(Due { links, unlinks: unlinks.into_iter().collect() })
}

/// Whom each menu is for.
async fn predicates(ctx: &Ctx, account: &Account, wishes: &[Wish]) -> Result<Vec<Predicate>, LinkError> {
    let segments = ctx.store.list_segments(&account.id).await?;
    let mut predicates = Vec::with_capacity(wishes.len());
    for Wish { menu, segment: name, .. } in wishes {
        let (menu, text) = (menu.clone(), name.as_str().to_owned());
        let mut of_name = segments.iter().filter(|segment| segment.value.name == *name);
        let segment = match (of_name.next(), of_name.next()) {
            (Some(segment), None) => segment,
            (Some(_), Some(_)) => return Err(LinkError::Several { menu, name: text }),
            (None, _) => {
                let known: Vec<&str> = segments.iter().map(|segment| segment.value.name.as_str()).collect();
                return Err(LinkError::NoSegment { menu, name: text, known: known.join(", ") });
            }
        };
        match segment::read_again(&segment.value.predicate, &account.attributes) {
            Ok(predicate) => predicates.push(predicate),
            Err(faults) => return Err(LinkError::Faults { menu, name: text, faults }),
        }
    }
    Ok(predicates)
}
