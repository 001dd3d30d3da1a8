//! `_elsewhere.yaml` → what is somebody else's.

use std::collections::BTreeMap;

use super::{build::Build, shape};
use crate::{
    domain::message::limit,
    intent::{
        catalog::{Contact, Link},
        elsewhere::{Elsewhere, Matter, MatterId},
    },
};

/// The most matters of an account.
const MATTERS: usize = 1_000;

impl Build {
    pub(super) fn elsewhere(&mut self, file: &str, shape: shape::ElsewhereFile) {
        let home = self.plain(file, &shape.home);
        let neighbours =
            shape.neighbours.iter().map(|name| self.texts(file, name, "name", limit::LABEL)).collect();
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        let mut matters = Vec::new();
        for matter in shape.matters {
            let line = matter.id.referenced.line();
            if matters.len() >= MATTERS {
                self.error(file, &matter.id, format!("at most {MATTERS} matters are read"));
                break;
            }
            if let Some(first) = seen.insert(matter.id.value.clone(), line) {
                let what = format!(
                    "id {:?} stands already at {file}:{first}; give this one another name",
                    matter.id.value
                );
                self.error(file, &matter.id, what);
            }
            matters.push(self.matter(file, matter));
        }
        self.is_elsewhere(Elsewhere { home, neighbours, matters });
    }

    fn matter(&mut self, file: &str, shape: shape::MatterShape) -> Matter {
        let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let id = &shape.id.value;
        if id.is_empty() || id.len() > 100 || !id.chars().all(well_formed) || id == "municipality" {
            let what = format!(
                "id {id:?} must be a name in lower case letters, digits and hyphens, other than municipality"
            );
            self.error(file, &shape.id, what);
        }
        if shape.examples.values().all(Vec::is_empty) && shape.keywords.is_empty() {
            self.warn(file, &shape.id, "there are no examples; add the questions that people really ask");
        }
        Matter {
            id: MatterId(shape.id.value.clone()),
            title: self.texts(file, &shape.title, "title", limit::DISPLAY_TEXT),
            examples: self.examples(file, &shape.examples),
            keywords: self.plain(file, &shape.keywords),
            patterns: shape.patterns.iter().filter_map(|pattern| self.pattern(file, pattern)).collect(),
            reply: self.texts(file, &shape.reply, "reply", limit::TEXT),
            contact: shape.contact.map(|office| self.office(file, &office)),
            link: shape.link.map(|link| Link {
                label: self.texts(file, &link.label, "label", limit::LABEL),
                url: self.url(file, &link.url),
            }),
        }
    }

    fn office(&mut self, file: &str, shape: &shape::OfficeShape) -> Contact {
        if let (Some(tel), None) = (&shape.tel, &shape.hours) {
            self.error(file, tel, "tel has no hours; add when somebody answers");
        }
        let hours = shape.hours.as_ref().map(|hours| self.texts(file, hours, "hours", limit::BUTTONS_TEXT));
        Contact {
            name: self.texts(file, &shape.name, "name", limit::BUTTONS_TEXT),
            tel: shape.tel.as_ref().map(|tel| self.tel(file, tel)),
            hours: hours.unwrap_or_default(),
        }
    }
}
