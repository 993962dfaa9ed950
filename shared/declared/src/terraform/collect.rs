//! Gathers the objects of one file, whatever its format, and turns them into declarations: placed, and with secrets
//! hidden. The formats know what their objects are; this knows what is done with all of them alike.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    place::{self, Place, Places},
    provider::Provider,
    written::Written,
};
use crate::{Declaration, DeclaredError, DeclaredState, Format, Redactor, SkipReason, Standing, Tool, Warning};

/// One object of one AWS resource, as a format found it. Marked secrets are already hidden.
#[derive(Debug)]
pub(super) struct Object {
    /// The address.
    pub(super) address: String,
    /// The Terraform type.
    pub(super) kind: String,
    /// The provider's configuration, as the file spells it: objects that share it share account and region.
    pub(super) provider: String,
    /// What is declared.
    pub(super) attributes: Map<String, Value>,
    /// Terraform's identity of the object, where the file has one.
    pub(super) identity: Option<Map<String, Value>>,
    /// Where the object stands.
    pub(super) standing: Standing,
    /// What is known of the code that declares it.
    pub(super) written: Written,
}

/// Gathers the objects of one file.
#[derive(Debug)]
pub(super) struct Collector<'c> {
    origin: &'c str,
    redactor: &'c Redactor,
    objects: Vec<Object>,
    skipped: BTreeMap<SkipReason, usize>,
    warnings: Vec<Warning>,
    tool: Tool,
    configured: BTreeMap<String, String>,
}

impl<'c> Collector<'c> {
    pub(super) fn new(origin: &'c str, redactor: &'c Redactor) -> Self {
        Self {
            origin,
            redactor,
            objects: Vec::new(),
            skipped: BTreeMap::new(),
            warnings: Vec::new(),
            tool: Tool::Terraform,
            configured: BTreeMap::new(),
        }
    }

    /// Counts an object that is not a declaration.
    pub(super) fn skip(&mut self, reason: SkipReason, count: usize) {
        if count > 0 {
            *self.skipped.entry(reason).or_default() += count;
        }
    }

    pub(super) fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    /// Decides whether objects of a block are AWS resources under management; counts them as skipped if not.
    pub(super) fn wants(&mut self, mode: &str, kind: &str, provider: &str, count: usize) -> bool {
        let provider = Provider::parse(provider);
        if provider.is_opentofu() {
            self.tool = Tool::OpenTofu;
        }
        let reason = match mode {
            "data" => SkipReason::DataSource,
            "managed" if provider.is_aws(kind) => return true,
            "managed" => SkipReason::OtherProvider(provider.name_or_implied(kind)),
            other => SkipReason::OtherMode(other.to_owned()),
        };
        self.skip(reason, count);
        false
    }

    /// Notes the region that a provider configuration names.
    pub(super) fn configure(&mut self, provider: &str, region: &str) {
        self.configured.insert(provider.to_owned(), region.to_owned());
    }

    /// Takes an object.
    pub(super) fn add(&mut self, object: Object) {
        if object.attributes.is_empty() {
            self.skip(SkipReason::NoAttributes, 1);
        } else {
            self.objects.push(object);
        }
    }

    /// Turns everything gathered from a state into declarations. Its head has serial and lineage.
    ///
    /// # Errors
    /// When two current objects have one address.
    pub(super) fn finish_state(
        self,
        format: Format,
        head: &Map<String, Value>,
    ) -> Result<DeclaredState, DeclaredError> {
        let serial = head.get("serial").and_then(Value::as_u64);
        let lineage = head.get("lineage").and_then(Value::as_str).map(str::to_owned);
        let version = serial.map_or_else(|| "no serial".to_owned(), |serial| format!("serial {serial}"));
        self.finish(format, version, serial, lineage)
    }

    /// Turns everything gathered into declarations.
    ///
    /// # Errors
    /// When two current objects have one address.
    pub(super) fn finish(
        self,
        format: Format,
        version: String,
        serial: Option<u64>,
        lineage: Option<String>,
    ) -> Result<DeclaredState, DeclaredError> {
        self.refuse_duplicates()?;
        let Self { origin, redactor, objects, skipped, warnings, tool, configured } = self;
        let stated: Vec<Place> = objects
            .iter()
            .map(|object| place::stated(&object.kind, &object.attributes, object.identity.as_ref()))
            .collect();
        let mut places = Places::new(format, configured);
        for (object, place) in objects.iter().zip(&stated) {
            places.learn(&object.provider, place);
        }
        let declare = |(object, stated): (Object, Place)| {
            let Object { address, kind, provider, mut attributes, identity: _, standing, mut written } = object;
            let place = places.settle(&provider, stated, &attributes);
            attributes.remove("timeouts");
            attributes.remove("private");
            redactor.redact_attributes(&kind, &mut attributes);
            written.drop_secrets(&kind, redactor);
            let declaration = Declaration {
                origin: origin.to_owned(),
                version: version.clone(),
                account: place.account,
                region: place.region,
                attributes,
                standing,
                ..Declaration::new(tool, kind, address)
            };
            written.tell(declaration)
        };
        let declarations = objects.into_iter().zip(stated).map(declare).collect();
        Ok(DeclaredState {
            origin: origin.to_owned(),
            tool,
            format,
            version,
            serial,
            lineage,
            declarations,
            skipped,
            warnings,
        })
    }

    fn refuse_duplicates(&self) -> Result<(), DeclaredError> {
        let mut seen = BTreeSet::new();
        for object in self.objects.iter().filter(|object| object.standing != Standing::Deposed) {
            if !seen.insert(object.address.as_str()) {
                return Err(DeclaredError::DuplicateAddress {
                    origin: self.origin.to_owned(),
                    address: object.address.clone(),
                });
            }
        }
        Ok(())
    }
}
