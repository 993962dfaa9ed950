//! Understand: from the catalog's row and the call's parameters to what was touched, and how. Reads nothing declared.

pub(crate) mod composite;
pub(crate) mod effect;
pub(crate) mod given;
pub(crate) mod lists;
mod patch;
pub(crate) mod path;
pub(crate) mod record_sets;
mod rules;
pub(crate) mod scan;
pub(crate) mod sides;
pub(crate) mod tags;
mod unmapped;
pub(crate) mod wire;
