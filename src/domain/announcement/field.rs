//! Fields that staff write into a text: `{{ ward.home | default("市内") }}`.
//!
//! They are expressions of minijinja in an empty environment: one filter, no functions, no loops, no other
//! templates, a limit of work. What is filled in is the name of a *choice* that the city itself wrote
//! (a ward, a way), never what somebody typed: LINE keeps what is sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
    str::FromStr,
};

use minijinja::{Environment, UndefinedBehavior, Value};
use serde::{Deserialize, Serialize};

use super::place::Wrong;
use crate::domain::{
    attribute::{AttributeId, Attributes, Choice, ChoiceId, Keeping, Kind},
    id::InvalidId,
    language::Language,
};

/// The most work of one expression, in minijinja's steps: a hundred times what a field with a default takes.
const FUEL: u64 = 1_000;
/// The most bytes of one expression.
const LONGEST: usize = 500;

/// The name of a field: an attribute's, for places with the role after a dot. In texts `_` stands for `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldName {
    /// The attribute.
    pub attribute: AttributeId,
    /// Whose place, or for what.
    pub role: Option<ChoiceId>,
}

impl FieldName {
    /// Every field that this account's announcements may have: attributes of one choice, and places by role. What is
    /// sealed, and what somebody may say several times, is none.
    pub fn all(attributes: &Attributes) -> Vec<Self> {
        let fields = attributes.plain().flat_map(|attribute| {
            let named = |role| Self { attribute: attribute.id.clone(), role };
            match &attribute.kind {
                Kind::Choice(_) => vec![named(None)],
                Kind::Places(places) => {
                    places.roles.iter().map(|role| named(Some(role.id.clone()))).collect()
                }
                _ => Vec::new(),
            }
        });
        fields.collect()
    }

    /// The choices that may be filled in; `None`: the account has no such field.
    pub fn choices<'a>(&self, attributes: &'a Attributes) -> Option<&'a [Choice]> {
        let attribute = attributes.get(&self.attribute)?;
        match (&attribute.kind, &self.role) {
            _ if attribute.keeping != Keeping::Plain => None,
            (Kind::Choice(choices), None) => Some(choices),
            (Kind::Places(places), Some(role)) => {
                places.roles.iter().any(|known| known.id == *role).then_some(&places.places)
            }
            _ => None,
        }
    }

    /// What is filled in for a choice, in a language.
    pub fn text(&self, attributes: &Attributes, choice: &ChoiceId, language: Language) -> Option<String> {
        let choice = self.choices(attributes)?.iter().find(|known| known.id == *choice)?;
        choice.label.best(language).map(|(_, label)| label.clone())
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.attribute.as_str().replace('-', "_"))?;
        self.role.iter().try_for_each(|role| write!(f, ".{}", role.as_str().replace('-', "_")))
    }
}

impl FromStr for FieldName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (attribute, role) = text.split_once('.').map_or((text, None), |(name, role)| (name, Some(role)));
        let role = role.map(|role| role.replace('_', "-").parse()).transpose()?;
        Ok(Self { attribute: attribute.replace('_', "-").parse()?, role })
    }
}

impl TryFrom<String> for FieldName {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<FieldName> for String {
    fn from(name: FieldName) -> Self {
        name.to_string()
    }
}

/// What is filled in for one person, by field.
pub type Values = BTreeMap<FieldName, String>;

/// A text, cut at its fields.
#[derive(Debug)]
pub struct Cut<'a>(Vec<Piece<'a>>);

#[derive(Debug)]
enum Piece<'a> {
    Words(&'a str),
    /// An expression without its braces, the bytes at which it stands with them, and the fields in it.
    Field(&'a str, Range<usize>, BTreeSet<FieldName>),
}

/// A fault of a text, and the bytes at which it stands.
pub type Spot = (Range<usize>, Wrong);

/// Reads a text; all its faults.
pub fn read(text: &str) -> Result<Cut<'_>, Vec<Spot>> {
    let (mut pieces, mut faults, mut at) = (Vec::new(), Vec::new(), 0);
    let environment = environment();
    while let Some(brace) = next_brace(text, at) {
        pieces.push(Piece::Words(&text[at..brace.start]));
        at = brace.end;
        match &text[brace.clone()] {
            "{{" => match closing(text, brace.end) {
                None => faults.push((brace, Wrong::Unclosed)),
                Some(end) => {
                    let (expression, range) = (text[brace.end..end].trim(), brace.start..end + 2);
                    match fields_of(&environment, expression) {
                        Ok(fields) => pieces.push(Piece::Field(expression, range.clone(), fields)),
                        Err(wrong) => faults.push((range.clone(), wrong)),
                    }
                    at = range.end;
                }
            },
            "}}" => faults.push((brace, Wrong::Unopened)),
            _ => faults.push((brace, Wrong::NoExpression)),
        }
    }
    pieces.push(Piece::Words(&text[at..]));
    if faults.is_empty() { Ok(Cut(pieces)) } else { Err(faults) }
}

impl Cut<'_> {
    /// The fields that stand in it.
    pub fn fields(&self) -> BTreeSet<FieldName> {
        let fields = self.0.iter().filter_map(|piece| match piece {
            Piece::Words(_) => None,
            Piece::Field(_, _, fields) => Some(fields.iter().cloned()),
        });
        fields.flatten().collect()
    }

    /// Every field with the bytes of the expression in which it stands.
    pub fn places(&self) -> Vec<(Range<usize>, FieldName)> {
        let places = self.0.iter().flat_map(|piece| match piece {
            Piece::Words(_) => Vec::new(),
            Piece::Field(_, range, fields) => {
                fields.iter().map(|name| (range.clone(), name.clone())).collect()
            }
        });
        places.collect()
    }

    /// Where it stays empty for somebody of whom nothing is known, and by which field.
    pub fn without_default(&self) -> Vec<(Range<usize>, FieldName)> {
        let (environment, nobody) = (environment(), Values::new());
        let empty = self.0.iter().filter_map(|piece| match piece {
            Piece::Field(expression, range, fields) => {
                let is_empty = evaluate(&environment, expression, &nobody).is_none();
                is_empty.then(|| Some((range.clone(), fields.first()?.clone()))).flatten()
            }
            Piece::Words(_) => None,
        });
        empty.collect()
    }

    /// The text for these values; with `None` each field as its own name in brackets, as an example.
    pub fn fill(&self, values: Option<&Values>) -> Result<String, Vec<Spot>> {
        let (environment, mut faults) = (environment(), Vec::new());
        let mut text = String::new();
        let example: Values =
            self.fields().into_iter().map(|name| (name.clone(), format!("[{name}]"))).collect();
        let values = values.unwrap_or(&example);
        for piece in &self.0 {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Field(expression, range, fields) => match evaluate(&environment, expression, values) {
                    Some(value) => text.push_str(&value),
                    None => {
                        let name = fields.first().map(ToString::to_string).unwrap_or_default();
                        faults.push((range.clone(), Wrong::NoValue(name)));
                    }
                },
            }
        }
        if faults.is_empty() { Ok(text) } else { Err(faults) }
    }
}

/// The next sign of a template from `at` on.
fn next_brace(text: &str, at: usize) -> Option<Range<usize>> {
    let pairs = text.as_bytes()[at..].windows(2);
    let found = pairs.enumerate().find(|(_, pair)| matches!(*pair, b"{{" | b"}}" | b"{%" | b"{#"));
    found.map(|(start, _)| at + start..at + start + 2)
}

/// Where the expression that begins at `from` ends: before the first `}}` outside quotation marks.
fn closing(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut quote, mut at) = (None, from);
    while at < bytes.len() {
        match (bytes[at], quote) {
            (b'\\', Some(_)) => at += 1,
            (sign, Some(open)) if sign == open => quote = None,
            (sign @ (b'"' | b'\''), None) => quote = Some(sign),
            (b'}', None) if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The environment of every expression: nothing but a default.
fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(20);
    environment.add_filter("default", |value: Value, other: Value| {
        let is_missing = value.is_undefined() || value.as_str().is_some_and(str::is_empty);
        if is_missing { other } else { value }
    });
    environment
}

/// The fields of an expression; at least one.
fn fields_of(environment: &Environment<'_>, expression: &str) -> Result<BTreeSet<FieldName>, Wrong> {
    // Repeating is the only way to make much of little.
    if expression.len() > LONGEST || expression.contains('*') {
        return Err(Wrong::Unreadable);
    }
    let compiled = environment.compile_expression_owned(expression).map_err(|_| Wrong::Unreadable)?;
    let names = compiled.undeclared_variables(true);
    let fields: Result<BTreeSet<FieldName>, Wrong> =
        names.into_iter().map(|name| name.parse().map_err(|_| Wrong::NoField(name))).collect();
    let fields = fields?;
    // Filters and functions are looked up when they are needed; whatever holds no field was meant to.
    let says_something = evaluate(environment, expression, &examples(&fields)).is_some();
    if says_something && !fields.is_empty() { Ok(fields) } else { Err(Wrong::Unreadable) }
}

/// Each field as its own name in brackets.
fn examples(fields: &BTreeSet<FieldName>) -> Values {
    fields.iter().map(|name| (name.clone(), format!("[{name}]"))).collect()
}

/// What an expression says for these values; `None`: nothing.
fn evaluate(environment: &Environment<'_>, expression: &str, values: &Values) -> Option<String> {
    let compiled = environment.compile_expression_owned(expression).ok()?;
    let mut context = BTreeMap::<String, Value>::new();
    for attribute in values.keys().map(|name| &name.attribute) {
        let of: Vec<_> = values.iter().filter(|(name, _)| name.attribute == *attribute).collect();
        let value = match of.as_slice() {
            [(FieldName { role: None, .. }, text)] => Value::from(text.as_str()),
            roles => {
                let named = roles.iter().filter_map(|(name, text)| Some((name.role.as_ref()?, text)));
                let named =
                    named.map(|(role, text)| (role.as_str().replace('-', "_"), Value::from(text.as_str())));
                Value::from(named.collect::<BTreeMap<_, _>>())
            }
        };
        context.insert(attribute.as_str().replace('-', "_"), value);
    }
    let value = compiled.eval(Value::from(context)).ok()?;
    let text = value.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(list: &[(&str, &str)]) -> Values {
        list.iter().map(|(name, value)| (name.parse().unwrap(), (*value).to_owned())).collect()
    }

    fn filled(text: &str, list: &[(&str, &str)]) -> Result<String, Vec<Spot>> {
        read(text).and_then(|text| text.fill(Some(&values(list))))
    }

    #[test]
    fn fields_are_filled_in() {
        let ward = [("wards.home", "青葉区"), ("way", "徒歩")];
        for (text, said) in [
            ("なにもない", "なにもない"),
            ("{{ wards.home }}の皆さま", "青葉区の皆さま"),
            ("{{wards.home|default(\"市内\")}}へ{{ way }}で", "青葉区へ徒歩で"),
            ("{{ wards.work | default('市内') }}", "市内"),
            ("{{ other | default('}}\\'') }}!", "}}'!"),
            ("{{ '月' if wards.home == '青葉区' else '火' }}曜", "月曜"),
            ("{ 波かっこ } { {", "{ 波かっこ } { {"),
        ] {
            assert_eq!(filled(text, &ward).as_deref(), Ok(said), "{text}");
        }
    }

    #[test]
    fn values_are_words_and_nothing_more() {
        let hostile = [("ward", "{{ way }}{% raw %}"), ("way", "徒歩")];
        assert_eq!(filled("{{ ward }}", &hostile).as_deref(), Ok("{{ way }}{% raw %}"));
    }

    #[test]
    fn what_is_no_field_is_named_with_its_place() {
        let long = format!("{{{{ ward | default('{}') }}}}", "あ".repeat(300));
        for (text, range, wrong) in [
            ("あ{{ ward", 3..5, Wrong::Unclosed),
            ("あ}}", 3..5, Wrong::Unopened),
            ("{% for x in y %}", 0..2, Wrong::NoExpression),
            ("{# x #}", 0..2, Wrong::NoExpression),
            ("a{{ 区 }}", 1..10, Wrong::Unreadable),
            ("{{ ward | upper }}", 0..18, Wrong::Unreadable),
            ("{{ }}", 0..5, Wrong::Unreadable),
            ("{{ 1 + 1 }}", 0..11, Wrong::Unreadable),
            ("{{ ward * 9 }}", 0..14, Wrong::Unreadable),
            ("{{ Ward }}", 0..10, Wrong::NoField("Ward".into())),
            (long.as_str(), 0..long.len(), Wrong::Unreadable),
        ] {
            let found = read(text).map(|cut| cut.fields()).unwrap_err();
            assert_eq!(found, [(range, wrong)], "{text}");
        }
    }

    #[test]
    fn an_unknown_filter_or_function_is_a_fault_or_nothing() {
        for text in
            ["{{ range(ward) }}", "{{ ward() }}", "{{ ward | safe }}", "{{ [ward] }}", "{{ {'a': ward} }}"]
        {
            assert!(filled(text, &[("ward", "青葉区")]).is_err(), "{text}");
        }
    }

    #[test]
    fn who_has_no_value_is_found_before_it_goes_out() {
        let cut = read("{{ ward }}と{{ way | default('徒歩') }}と{{ way }}").unwrap();
        let empty: Vec<_> = cut.without_default().into_iter().map(|(_, name)| name.to_string()).collect();
        assert_eq!(empty, ["ward", "way"]);
        let faults = cut.fill(Some(&values(&[("ward", "青葉区")]))).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].1, Wrong::NoValue("way".into()));
        assert_eq!(cut.fill(None).unwrap(), "[ward]と[way]と[way]");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "([{}%#'\"|\\\\ ]|ward|default|\\PC){0,60}") {
            match read(&text) {
                Ok(cut) => {
                    cut.without_default();
                    let _said = cut.fill(Some(&Values::new()));
                }
                Err(faults) => {
                    for (range, _) in faults {
                        prop_assert!(text.get(range).is_some());
                    }
                }
            }
        }

        #[test]
        fn words_without_braces_stay_as_they_are(text in "[^{}]{0,60}") {
            prop_assert_eq!(read(&text).unwrap().fill(None).unwrap(), text);
        }
    }
}
