//! Rich menus as LINE's JSON, out and back.
//!
//! Back: [`read_menu`] refuses what LINE would refuse; the simulator uses it.

use serde::Serialize;
use serde_json::{Value, json};

use super::message::{
    self, Fault,
    read::{At, action, list_of, text_of},
};
use crate::domain::menu::{Bounds, Menu, MenuAction, MenuAlias, MenuArea, MenuSize};

/// What LINE sends us with a change of menus; such an event is not answered, so its text says nothing.
const SWITCHED: &str = "menu";

#[derive(Serialize)]
#[serde(untagged)]
enum WireMenuAction<'a> {
    Tap(message::WireAction<'a>),
    Switch(Value),
}

/// The rich menu object, under this name.
pub fn to_value(menu: &Menu, name: &str) -> Value {
    let MenuSize { width, height } = menu.size();
    json!({
        "size": { "width": width, "height": height },
        "selected": menu.opens(),
        "name": name,
        "chatBarText": menu.chat_bar(),
        "areas": menu.areas().iter().map(area).collect::<Vec<_>>(),
    })
}

fn area(area: &MenuArea) -> Value {
    let Bounds { x, y, width, height } = area.bounds;
    let action = match &area.action {
        MenuAction::Tap(tap) => WireMenuAction::Tap(message::action(tap)),
        MenuAction::Switch { label, to } => WireMenuAction::Switch(json!({
            "type": "richmenuswitch", "label": label, "richMenuAliasId": to.as_str(), "data": SWITCHED,
        })),
    };
    json!({ "bounds": { "x": x, "y": y, "width": width, "height": height }, "action": action })
}

/// Reads a rich menu object; its name is the menu's.
pub fn read_menu(value: &Value) -> Result<Menu, Fault> {
    let root = At("richmenu".to_owned());
    let size_at = root.member("size");
    let size = value.get("size").unwrap_or(&Value::Null);
    let size =
        MenuSize { width: number(size, "width", &size_at)?, height: number(size, "height", &size_at)? };
    let areas_at = root.member("areas");
    let areas = list_of(value, "areas", &root)?
        .iter()
        .enumerate()
        .map(|(index, area)| read_area(area, &areas_at.index(index)))
        .collect::<Result<_, _>>()?;
    let (name, chat_bar) = (text_of(value, "name", &root)?, text_of(value, "chatBarText", &root)?);
    let opens = value.get("selected").and_then(Value::as_bool);
    let opens = opens.ok_or_else(|| root.member("selected").fault("Must be specified"))?;
    Menu::new(name, chat_bar, opens, size, areas).map_err(|error| root.fault(error.to_string()))
}

fn read_area(value: &Value, at: &At) -> Result<MenuArea, Fault> {
    let bounds_at = at.member("bounds");
    let bounds = value.get("bounds").unwrap_or(&Value::Null);
    let bounds = Bounds {
        x: number(bounds, "x", &bounds_at)?,
        y: number(bounds, "y", &bounds_at)?,
        width: number(bounds, "width", &bounds_at)?,
        height: number(bounds, "height", &bounds_at)?,
    };
    let at = at.member("action");
    let value = value.get("action").ok_or_else(|| at.fault("Must be specified"))?;
    let action = match value.get("type").and_then(Value::as_str) {
        Some("richmenuswitch") => {
            let alias: Result<MenuAlias, _> = text_of(value, "richMenuAliasId", &at)?.parse();
            alias
                .and_then(|alias| MenuAction::switch(text_of(value, "label", &at).unwrap_or_default(), alias))
                .map_err(|error| at.fault(error.to_string()))?
        }
        _ => MenuAction::Tap(action(value, &at)?),
    };
    Ok(MenuArea { bounds, action })
}

fn number(value: &Value, name: &str, at: &At) -> Result<u32, Fault> {
    let found = value.get(name).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    found.ok_or_else(|| at.member(name).fault("Must be a whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Action;

    #[test]
    fn a_menu_comes_back_as_it_went_out() {
        let bounds = |x| Bounds { x, y: 0, width: 400, height: 400 };
        let tap = |tap| MenuAction::Tap(tap);
        let areas = vec![
            MenuArea { bounds: bounds(0), action: tap(Action::message("ごみ", "ごみ").unwrap()) },
            MenuArea { bounds: bounds(400), action: tap(Action::uri("電話", "tel:0445550100").unwrap()) },
            MenuArea {
                bounds: bounds(800),
                action: MenuAction::switch("English", "main-en".parse().unwrap()).unwrap(),
            },
        ];
        let size = MenuSize { width: 1_200, height: 810 };
        let menu = Menu::new("名前", "メニュー", false, size, areas).unwrap();
        let value = to_value(&menu, menu.name());
        assert_eq!(value["areas"][2]["action"]["richMenuAliasId"], "main-en");
        assert_eq!(value["areas"][1]["action"]["uri"], "tel:0445550100");
        assert_eq!(read_menu(&value), Ok(menu));
    }

    #[test]
    fn what_line_refuses_is_named_by_its_property() {
        let told = |value: &Value| read_menu(value).unwrap_err().property;
        assert_eq!(told(&json!({})), "richmenu.size.width");
        let mut menu = json!({
            "size": { "width": 1_200, "height": 810 }, "selected": true, "name": "n", "chatBarText": "m",
            "areas": [{
                "bounds": { "x": 0, "y": 0, "width": 10, "height": 10 },
                "action": { "type": "message", "label": "l", "text": "t" },
            }],
        });
        assert!(read_menu(&menu).is_ok());
        menu["areas"][0]["bounds"]["x"] = json!(-1);
        assert_eq!(told(&menu), "richmenu.areas[0].bounds.x");
        menu["areas"][0]["bounds"]["x"] = json!(1_200);
        assert_eq!(told(&menu), "richmenu");
        menu["areas"][0]["action"] =
            json!({ "type": "richmenuswitch", "label": "l", "richMenuAliasId": "A" });
        assert_eq!(told(&menu), "richmenu.areas[0].action");
    }
}
