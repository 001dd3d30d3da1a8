//! The staff console: server-rendered pages under `/console`, which work without JavaScript.
//!
//! [`PAGES`] is the only list of pages: routes, menu, the check of rights and the test that walks them all
//! are made from it. A page is a file here, a template of the same name, and a line there. Nothing here
//! writes through the store; see `gate` for what happens before a handler runs.

mod announcements;
mod assets;
mod audit;
mod canned;
mod chart;
mod emergency;
mod enquiries;
mod enquiry;
mod enquiry_learn;
mod entrance;
mod figures;
mod form;
mod frame;
mod gate;
mod home;
mod import;
mod intents;
mod me;
mod names;
mod notices;
mod page;
pub mod peer;
mod period;
mod places;
mod reach;
mod remove_app;
mod search;
mod second_factor;
mod section;
mod security_keys;
mod segments;
pub mod session;
mod sheet;
mod sign_on;
mod staff;
mod staff_edit;
mod targets;
mod unanswered;
mod unanswered_group;
mod visit;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer, set_header::SetResponseHeaderLayer};

use crate::{
    domain::staff::Right,
    health::Health,
    journeys::{
        Ctx,
        curate::Desk,
        staff::{NotOffered, RelyingParty},
    },
    web::{ConsoleError, ServerConfig},
};
use notices::Notices;
pub use page::{Need, Page};
use peer::Network;
pub use section::Section;

/// Nothing but our own files; no inline script, no inline style, no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Where the city's single sign-on sends people back to; registered there.
pub const SIGN_ON_BACK: &str = "/console/-/oidc/back";

/// Section `console` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleConfig {
    /// The networks from which the console may be opened; empty: from everywhere.
    pub allow_from: Vec<Network>,
    /// The address under which browsers open the console, where it is not that of the server; empty: the
    /// server's, unless the console has an address and port of its own.
    pub public_url: String,
}

impl ConsoleConfig {
    /// Where browsers open the console, without a slash at the end; empty: unknown.
    pub fn address<'a>(&'a self, server: &'a ServerConfig) -> &'a str {
        let own = self.public_url.as_str();
        let shared = if server.console_listen.is_empty() { server.public_url.as_str() } else { "" };
        if own.is_empty() { shared } else { own }.trim_end_matches('/')
    }
}

/// Every page of the console.
pub const PAGES: &[Page] = &[
    Page::new("/-/sign-in", "sign-in", Need::Nothing, || get(entrance::show).post(entrance::sign_in)),
    Page::new("/-/invitations/{secret}", "invitation", Need::Nothing, || {
        get(entrance::show_invitation).post(entrance::accept)
    }),
    Page::new("/-/language/{language}", "language", Need::Nothing, || get(entrance::choose_language)),
    Page::new("/-/code", "second-step", Need::Halfway, || get(second_factor::ask).post(second_factor::prove)),
    Page::new("/-/enrol", "enrol", Need::Halfway, || get(second_factor::offer).post(second_factor::enrol)),
    Page::new("/-/code/challenge", "security-keys", Need::Halfway, || post(security_keys::ask_for_proof))
        .looking(),
    Page::new("/-/enrol/challenge", "security-keys", Need::Halfway, || post(security_keys::ask_for_new))
        .looking(),
    Page::new("/-/code/sign-on", "sign-on-leave", Need::Halfway, || post(sign_on::leave_to_come_in))
        .looking(),
    Page::new("/-/enrol/sign-on", "sign-on-leave", Need::Halfway, || post(sign_on::leave_to_enrol)).looking(),
    // Whoever comes back from the provider comes without cookies; the second page has them.
    Page::new("/-/oidc/back", "sign-on-back", Need::Nothing, || get(sign_on::back)).passing(),
    Page::new("/-/oidc/go", "sign-on-end", Need::Nothing, || get(sign_on::go)).passing(),
    Page::new("/-/sign-out", "sign-out", Need::SignedIn, || post(entrance::sign_out)),
    Page::new("/-/me", "me", Need::SignedIn, || get(me::show)),
    Page::new("/-/me/sessions/{session}", "end-session", Need::SignedIn, || post(me::end_session)),
    Page::new("/-/me/password", "change-password", Need::SignedIn, || {
        get(me::ask_password).post(me::set_password)
    })
    .grave(),
    Page::new("/-/me/second-factor", "enrol", Need::SignedIn, || {
        get(second_factor::offer).post(second_factor::enrol)
    })
    .grave(),
    Page::new("/-/me/app", "app-remove", Need::SignedIn, || get(remove_app::ask).post(remove_app::go))
        .grave(),
    Page::new("/-/me/keys", "security-keys", Need::SignedIn, || {
        get(security_keys::list).post(security_keys::act)
    })
    .grave(),
    Page::new("/-/me/keys/challenge", "security-keys", Need::SignedIn, || post(security_keys::ask_for_new))
        .looking(),
    Page::new("/-/me/challenge", "security-keys", Need::SignedIn, || post(security_keys::ask_for_proof))
        .looking(),
    Page::new("/-/me/sign-on", "sign-on", Need::SignedIn, || get(sign_on::show).post(sign_on::act)).grave(),
    Page::new("/-/me/sign-on/prove", "sign-on-leave", Need::SignedIn, || post(sign_on::leave_to_confirm))
        .looking(),
    Page::new("/-/me/recovery-codes", "recovery-codes", Need::SignedIn, || {
        get(second_factor::ask_new_codes).post(second_factor::renew_codes)
    })
    .grave(),
    Page::new("/-/me/recovery-codes/{notice}", "recovery-codes", Need::SignedIn, || {
        get(second_factor::show_codes)
    }),
    Page::new("/{account}", "home", Need::Right(Right::ViewConsole), || get(home::show))
        .in_menu(Section::Overview),
    Page::new("/{account}/figures", "figures", Need::Right(Right::SeeFigures), || get(figures::show))
        .in_menu(Section::Overview),
    Page::new("/{account}/figures/days.csv", "figures", Need::Right(Right::SeeFigures), || {
        get(figures::days_csv)
    }),
    Page::new("/{account}/figures/intents.csv", "figures", Need::Right(Right::SeeFigures), || {
        get(figures::intents_csv)
    }),
    Page::new("/{account}/targets", "targets", Need::Right(Right::SeeFigures), || get(targets::list::show))
        .in_menu(Section::Overview),
    Page::new("/{account}/targets/departments", "departments", Need::Right(Right::SeeFigures), || {
        get(targets::departments::show)
    }),
    Page::new("/{account}/targets/departments.csv", "departments", Need::Right(Right::SeeFigures), || {
        get(targets::departments::csv)
    }),
    Page::new("/{account}/targets/new", "target-new", Need::Right(Right::EditTargets), || {
        get(targets::edit::begin).post(targets::edit::create)
    }),
    Page::new("/{account}/targets/target/{target}", "targets", Need::Right(Right::SeeFigures), || {
        get(targets::look::show)
    }),
    Page::new(
        "/{account}/targets/target/{target}/edit",
        "target-edit",
        Need::Right(Right::EditTargets),
        || get(targets::edit::open).post(targets::edit::act),
    ),
    Page::new(
        "/{account}/targets/target/{target}/year/{year}",
        "target-years",
        Need::Right(Right::EditTargets),
        || get(targets::year::show).post(targets::year::evaluate),
    ),
    Page::new(
        "/{account}/targets/target/{target}/file/{file}",
        "targets",
        Need::Right(Right::SeeFigures),
        || get(targets::files::send),
    ),
    Page::new("/{account}/emergency", "emergency", Need::Right(Right::ViewConsole), || get(emergency::show))
        .in_menu(Section::Overview),
    Page::new(
        "/{account}/emergency/propose",
        "emergency-propose",
        Need::Right(Right::ProposeEmergency),
        || get(emergency::ask).post(emergency::propose),
    ),
    Page::new("/{account}/emergency/approve", "emergency-approve", Need::Right(Right::Approve), || {
        get(emergency::review).post(emergency::approve)
    })
    .grave(),
    // Two rights lead here; the handler asks for either.
    Page::new("/{account}/emergency/end", "emergency-end", Need::Right(Right::ViewConsole), || {
        post(emergency::end)
    }),
    Page::new("/{account}/search", "search-answers", Need::Right(Right::SearchAnswers), || {
        get(search::show).post(search::search)
    })
    .in_menu(Section::Questions),
    Page::new("/{account}/unanswered", "unanswered", Need::Right(Right::SeeUnanswered), || {
        get(unanswered::list)
    })
    .in_menu(Section::Questions),
    Page::new(
        "/{account}/unanswered/group/{question}",
        "unanswered",
        Need::Right(Right::SeeUnanswered),
        || get(unanswered_group::show).post(unanswered_group::act),
    ),
    Page::new("/{account}/unanswered/csv", "unanswered-csv", Need::Right(Right::SeeUnanswered), || {
        post(unanswered::export)
    }),
    Page::new("/{account}/enquiries", "enquiries", Need::Right(Right::WorkInbox), || get(enquiries::list))
        .in_menu(Section::Questions),
    Page::new("/{account}/enquiries/enquiry/{enquiry}", "enquiries", Need::Right(Right::WorkInbox), || {
        get(enquiry::show).post(enquiry::act)
    }),
    Page::new(
        "/{account}/enquiries/enquiry/{enquiry}/print",
        "enquiry-print",
        Need::Right(Right::WorkInbox),
        || get(enquiry::print),
    ),
    Page::new(
        "/{account}/enquiries/enquiry/{enquiry}/learn",
        "enquiry-learn",
        Need::Right(Right::WorkInbox),
        || get(enquiry_learn::show).post(enquiry_learn::keep),
    ),
    Page::new("/{account}/enquiries/canned", "canned", Need::Right(Right::WorkInbox), || {
        get(canned::show).post(canned::change)
    }),
    Page::new("/{account}/staff", "staff", Need::Right(Right::ManageStaff), || get(staff::list))
        .in_menu(Section::Administration),
    Page::new("/{account}/staff/invite", "staff-invite", Need::Right(Right::ManageStaff), || {
        get(staff::ask_invite).post(staff::invite)
    })
    .grave(),
    Page::new("/{account}/staff/import", "staff-import", Need::Right(Right::ManageStaff), || {
        get(import::show).post(import::import)
    })
    .grave(),
    Page::new("/{account}/staff/links/{notice}", "staff-links", Need::Right(Right::ManageStaff), || {
        get(staff::show_links)
    }),
    Page::new("/{account}/staff/person/{staff}", "staff-edit", Need::Right(Right::ManageStaff), || {
        get(staff_edit::show).post(staff_edit::change)
    })
    .grave(),
    Page::new("/{account}/intents", "intents", Need::Right(Right::EditIntents), || get(intents::list::show))
        .in_menu(Section::Content),
    Page::new("/{account}/intents/topics", "topics", Need::Right(Right::EditIntents), || {
        get(intents::topics::list)
    })
    .in_menu(Section::Content),
    Page::new("/{account}/intents/publish", "drafts", Need::Right(Right::PublishIntents), || {
        get(intents::publish::show).post(intents::publish::go)
    })
    .in_menu(Section::Content),
    Page::new("/{account}/intents/due", "due", Need::Right(Right::EditIntents), || get(intents::due::show))
        .in_menu(Section::Content),
    Page::new("/{account}/intents/history", "history", Need::Right(Right::EditIntents), || {
        get(intents::history::revisions)
    })
    .in_menu(Section::Content),
    Page::new("/{account}/intents/topics/new", "topic-new", Need::Right(Right::EditIntents), || {
        get(intents::topic::begin).post(intents::topic::create)
    }),
    Page::new("/{account}/intents/topics/topic/{topic}", "topics", Need::Right(Right::EditIntents), || {
        get(intents::topic::open).post(intents::topic::act)
    }),
    Page::new("/{account}/intents/new", "intent-new", Need::Right(Right::EditIntents), || {
        get(intents::editor::begin).post(intents::editor::create)
    }),
    Page::new("/{account}/intents/preview", "preview", Need::Right(Right::EditIntents), || {
        post(intents::editor::preview)
    })
    .looking(),
    Page::new("/{account}/intents/export", "intents-export", Need::Right(Right::EditIntents), || {
        get(intents::list::export)
    }),
    Page::new("/{account}/intents/import", "intents-import", Need::Right(Right::EditIntents), || {
        get(intents::table::ask).post(intents::table::go)
    })
    .taking(crate::sheet::MOST_BYTES),
    Page::new("/{account}/intents/reassign", "reassign", Need::Right(Right::PublishIntents), || {
        get(intents::reassign::ask).post(intents::reassign::go)
    }),
    Page::new("/{account}/intents/conflict", "conflict", Need::Right(Right::PublishIntents), || {
        get(intents::conflict::show).post(intents::conflict::choose)
    }),
    Page::new("/{account}/intents/history/{revision}", "history", Need::Right(Right::EditIntents), || {
        get(intents::history::revision)
    }),
    Page::new(
        "/{account}/intents/history/{revision}/return",
        "return-to",
        Need::Right(Right::PublishIntents),
        || get(intents::return_to::ask).post(intents::return_to::go),
    ),
    Page::new("/{account}/intents/{intent}", "intents", Need::Right(Right::EditIntents), || {
        get(intents::editor::open).post(intents::editor::act)
    }),
    Page::new("/{account}/intents/{intent}/history", "history", Need::Right(Right::EditIntents), || {
        get(intents::history::of_intent).post(intents::history::restore)
    }),
    Page::new("/{account}/announcements", "announcements", Need::Right(Right::ViewConsole), || {
        get(announcements::list::show)
    })
    .in_menu(Section::Sending),
    Page::new("/{account}/announcements/new", "ann-new", Need::Right(Right::WriteDrafts), || {
        get(announcements::compose::begin).post(announcements::compose::create)
    }),
    Page::new("/{account}/announcements/preview", "ann-look", Need::Right(Right::WriteDrafts), || {
        post(announcements::preview)
    })
    .looking(),
    // Two rights lead to each of its buttons; the handler asks for either.
    Page::new("/{account}/announcements/deputies", "ann-deputies", Need::Right(Right::ViewConsole), || {
        get(announcements::deputies::show).post(announcements::deputies::change)
    }),
    Page::new("/{account}/announcements/templates", "ann-templates", Need::Right(Right::ViewConsole), || {
        get(announcements::templates::show).post(announcements::templates::act)
    }),
    Page::new(
        "/{account}/announcements/a/{announcement}",
        "announcements",
        Need::Right(Right::ViewConsole),
        || get(announcements::view::show).post(announcements::view::act),
    ),
    Page::new(
        "/{account}/announcements/a/{announcement}/progress",
        "announcements",
        Need::Right(Right::ViewConsole),
        || get(announcements::progress_now),
    ),
    Page::new(
        "/{account}/announcements/a/{announcement}/history",
        "ann-history",
        Need::Right(Right::ViewConsole),
        || get(announcements::history::show),
    ),
    Page::new(
        "/{account}/announcements/a/{announcement}/edit",
        "ann-edit",
        Need::Right(Right::WriteDrafts),
        || get(announcements::compose::open).post(announcements::compose::act),
    ),
    Page::new(
        "/{account}/announcements/a/{announcement}/approve",
        "ann-approve",
        Need::Right(Right::Approve),
        || get(announcements::gate::show).post(announcements::gate::approve),
    )
    .grave(),
    Page::new(
        "/{account}/announcements/a/{announcement}/glass",
        "ann-glass",
        Need::Right(Right::Announce),
        || get(announcements::gate::show_glass).post(announcements::gate::break_glass),
    )
    .grave(),
    Page::new("/{account}/segments", "segments", Need::Right(Right::SeeFigures), || {
        get(segments::list::show)
    })
    .in_menu(Section::Sending),
    Page::new("/{account}/segments/new", "segment-new", Need::Right(Right::EditSegments), || {
        get(segments::builder::begin).post(segments::builder::create)
    }),
    Page::new("/{account}/segments/count", "segment-count", Need::Right(Right::EditSegments), || {
        post(segments::builder::count)
    })
    .looking(),
    Page::new("/{account}/segments/segment/{segment}", "segments", Need::Right(Right::EditSegments), || {
        get(segments::builder::open).post(segments::builder::act)
    }),
    Page::new("/{account}/places", "places", Need::Right(Right::SeeFigures), || get(places::show))
        .in_menu(Section::Sending),
    Page::new("/{account}/places/change", "places", Need::Right(Right::KeepPlaces), || post(places::act)),
    Page::new("/{account}/places/places.csv", "places", Need::Right(Right::SeeFigures), || get(places::csv)),
    Page::new("/{account}/places/place/{place}/sheet", "places", Need::Right(Right::SeeFigures), || {
        get(places::show_sheet)
    }),
    Page::new("/{account}/places/place/{place}/qr.svg", "places", Need::Right(Right::SeeFigures), || {
        get(places::code_svg)
    }),
    Page::new("/{account}/reach", "reach", Need::Right(Right::SeeFigures), || get(reach::show))
        .in_menu(Section::Overview),
    Page::new("/{account}/reach/reach.csv", "reach", Need::Right(Right::SeeFigures), || get(reach::csv)),
    Page::new("/{account}/reach/table", "reach", Need::Right(Right::EditTargets), || post(reach::change))
        .taking(crate::sheet::MOST_BYTES),
    Page::new("/{account}/audit", "audit", Need::Right(Right::ReadAudit), || get(audit::search))
        .in_menu(Section::Administration),
];

/// What the console's handlers share. Cheap to clone.
#[derive(Clone)]
pub struct ConsoleState(Arc<Shared>);

struct Shared {
    ctx: Ctx,
    desk: Arc<Desk>,
    health: Arc<Health>,
    trusted_proxies: Vec<Network>,
    allow_from: Vec<Network>,
    notices: Notices,
    party: Result<RelyingParty, NotOffered>,
}

impl ConsoleState {
    /// Ready to be served.
    pub fn new(
        ctx: Ctx,
        desk: Arc<Desk>,
        health: Arc<Health>,
        console: &ConsoleConfig,
        server: &ServerConfig,
    ) -> Self {
        Self(Arc::new(Shared {
            ctx,
            desk,
            health,
            trusted_proxies: server.trusted_proxies.clone(),
            allow_from: console.allow_from.clone(),
            notices: Notices::default(),
            party: RelyingParty::of(console.address(server)),
        }))
    }

    pub(super) fn ctx(&self) -> &Ctx {
        &self.0.ctx
    }
}

/// Every address of the console. Must be served with the peer's address as connect info.
pub fn router(state: &ConsoleState) -> Router {
    let mut pages =
        Router::new().route("/", get(entrance::root)).route("/-/assets/{name}", get(assets::asset));
    for page in PAGES {
        let guard = middleware::from_fn_with_state((state.clone(), page), gate::page);
        pages = pages.route(page.path, (page.routes)().layer(guard));
    }
    let set =
        |name: HeaderName, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    let unless_set = |name: HeaderName, value| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let pages = pages
        .fallback(|| async { ConsoleError::NotFound })
        .method_not_allowed_fallback(|| async { ConsoleError::MethodNotAllowed })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CsrfLayer::new().with_rejection_response(|_| ConsoleError::Foreign.into_response()))
        .layer(middleware::from_fn_with_state(state.clone(), gate::entrance))
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(unless_set(header::REFERRER_POLICY, "same-origin"))
        .layer(unless_set(header::CACHE_CONTROL, "no-store"))
        .layer(set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(set(HeaderName::from_static("x-robots-tag"), "noindex"))
        .with_state(state.clone());
    Router::new().nest("/console", pages)
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a page of the console panicked");
    ConsoleError::Internal.into_response()
}
