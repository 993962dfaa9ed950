//! Reads JSON members that may be missing, null or of another type, without losing the record for it.
//!
//! All three become "absent". Only broken JSON is an error. A key given twice counts with its last value.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Text borrowed from the record where it has no escapes.
pub(crate) type Text<'a> = Option<Cow<'a, str>>;

/// Where a value goes. Values are written in place: records are large, and moving them costs more than reading them.
pub(crate) struct Slot<'s, T>(pub(crate) &'s mut Option<T>);

/// Reads the value of the present key into `slot`, which is empty afterwards if the value is of no use.
#[inline]
pub(crate) fn fill<'de, T, A>(map: &mut A, slot: &mut Option<T>) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    for<'s> Slot<'s, T>: DeserializeSeed<'de, Value = ()>,
{
    *slot = None;
    map.next_value_seed(Slot(slot))
}

/// Passes over the value of the present key.
pub(crate) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// An object with known members.
pub(crate) trait Object<'de>: Default {
    /// Takes or skips the value of `key`.
    fn member<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// The object that `text` is, if it is one.
pub(crate) fn object<'de, T: Object<'de>>(text: &'de str) -> Option<T> {
    let mut found = None;
    Slot(&mut found).deserialize(&mut serde_json::Deserializer::from_str(text)).ok()?;
    found
}

/// Visits of the types that are not wanted.
macro_rules! otherwise_absent {
    ($($kind:ident),+) => { $(otherwise_absent!(@ $kind);)+ };
    (@ bool) => { fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok(()) } };
    (@ number) => {
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok(()) }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok(()) }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok(()) }
    };
    (@ null) => { fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok(()) } };
    (@ text) => { fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok(()) } };
    (@ list) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(())
        }
    };
    (@ map) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(())
        }
    };
}
pub(crate) use otherwise_absent;

/// A slot is its own visitor.
macro_rules! read_by_visiting {
    ($value:ty) => {
        impl<'de> DeserializeSeed<'de> for Slot<'_, $value> {
            type Value = ();

            #[inline]
            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
                deserializer.deserialize_any(self)
            }
        }
    };
}

read_by_visiting!(Cow<'de, str>);

impl<'de> Visitor<'de> for Slot<'_, Cow<'de, str>> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        *self.0 = Some(Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.0 = Some(Cow::Owned(text.to_owned()));
        Ok(())
    }

    otherwise_absent!(bool, number, null, list, map);
}

read_by_visiting!(bool);

impl<'de> Visitor<'de> for Slot<'_, bool> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<(), E> {
        *self.0 = Some(flag);
        Ok(())
    }

    /// Some exports write flags as text; CloudTrail itself does so for `sessionCredentialFromConsole`.
    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.0 = match text {
            "true" | "True" => Some(true),
            "false" | "False" => Some(false),
            _ => None,
        };
        Ok(())
    }

    otherwise_absent!(number, null, list, map);
}

impl<'de> DeserializeSeed<'de> for Slot<'_, &'de RawValue> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        *self.0 = (raw.get() != "null").then_some(raw);
        Ok(())
    }
}

impl<'de, T: Object<'de>> DeserializeSeed<'de> for Slot<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(ObjectSlot(self.0))
    }
}

struct ObjectSlot<'s, T>(&'s mut Option<T>);

impl<'de, T: Object<'de>> Visitor<'de> for ObjectSlot<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let object = self.0.insert(T::default());
        while let Some(Key(key)) = map.next_key()? {
            object.member(&key, &mut map)?;
        }
        Ok(())
    }

    otherwise_absent!(bool, number, null, text, list);
}

/// A member's name.
pub(crate) struct Key<'a>(pub(crate) Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            #[inline]
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// Declares a public struct of optional members and how it is read.
macro_rules! lenient_object {
    (
        $(#[$outer:meta])*
        pub struct $name:ident<'a> {
            $( $(#[$inner:meta])* pub $field:ident: $kind:ty = $($key:literal)|+, )+
        }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Default)]
        pub struct $name<'a> {
            $( $(#[$inner])* pub $field: Option<$kind>, )+
        }

        impl<'a> $crate::lenient::Object<'a> for $name<'a> {
            fn member<A: serde::de::MapAccess<'a>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
                match key {
                    $( $($key)|+ => $crate::lenient::fill(map, &mut self.$field)?, )+
                    _ => $crate::lenient::skip(map)?,
                }
                Ok(())
            }
        }
    };
}
pub(crate) use lenient_object;
