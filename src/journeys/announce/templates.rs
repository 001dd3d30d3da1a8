//! Templates: contents to begin from, and the agreed texts for alerts.

use super::AnnounceError;
use crate::{
    domain::{
        announcement::{
            Template,
            template::{KeptTemplate, MOST_TEMPLATES, TemplateId},
        },
        audit::{Action, Note},
        staff::{
            Actor, Permission,
            rights::{Approve, WriteDrafts},
        },
        version::Version,
    },
    journeys::Ctx,
    store::staff::Versioned,
};

/// Every template, with the version to be named by a change.
pub async fn templates<R: super::MaySee>(
    ctx: &Ctx,
    actor: &Actor<R>,
) -> Result<Versioned<Vec<KeptTemplate>>, AnnounceError> {
    Ok(ctx.store.templates(actor.account()).await?)
}

/// Keeps a template, or with an id changes one: then nobody has agreed to it any more.
pub async fn keep_template(
    ctx: &Ctx,
    actor: &Actor<WriteDrafts>,
    (id, seen): (Option<TemplateId>, Version),
    template: Template,
) -> Result<TemplateId, AnnounceError> {
    let mut all = ctx.store.templates(actor.account()).await?.value;
    let id = id.unwrap_or_else(|| TemplateId(ctx.ids.uuid_v7()));
    all.retain(|known| known.id != id);
    if all.len() >= MOST_TEMPLATES {
        return Err(AnnounceError::TooManyTemplates);
    }
    let (author, changed) = (actor.doer().person()?, ctx.clock.now());
    all.push(KeptTemplate { id, template, author, agreed_by: None, changed });
    save(ctx, actor, seen, all, note(ctx, actor, Action::TemplateKept, id)).await?;
    Ok(id)
}

/// A second person agrees to a template as a text for alerts.
pub async fn agree_template(
    ctx: &Ctx,
    actor: &Actor<Approve>,
    (id, seen): (TemplateId, Version),
) -> Result<(), AnnounceError> {
    let mut all = ctx.store.templates(actor.account()).await?.value;
    let by = actor.doer().person()?;
    let known = all.iter_mut().find(|known| known.id == id).ok_or(AnnounceError::NotFound)?;
    *known = known.clone().agree(by).ok_or(crate::domain::announcement::Refusal::SamePerson)?;
    save(ctx, actor, seen, all, note(ctx, actor, Action::TemplateAgreed, id)).await
}

/// Removes a template. What was written from it stays.
pub async fn remove_template(
    ctx: &Ctx,
    actor: &Actor<WriteDrafts>,
    (id, seen): (TemplateId, Version),
) -> Result<(), AnnounceError> {
    let mut all = ctx.store.templates(actor.account()).await?.value;
    all.retain(|known| known.id != id);
    save(ctx, actor, seen, all, note(ctx, actor, Action::TemplateRemoved, id)).await
}

fn note<R: Permission>(ctx: &Ctx, actor: &Actor<R>, action: Action, id: TemplateId) -> Note {
    actor.note(ctx.clock.now(), action, id)
}

async fn save<R: Permission>(
    ctx: &Ctx,
    actor: &Actor<R>,
    seen: Version,
    all: Vec<KeptTemplate>,
    note: Note,
) -> Result<(), AnnounceError> {
    ctx.store.save_templates(actor.account(), seen, all, note).await?;
    Ok(())
}
