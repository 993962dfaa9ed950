//! Who made a call, as the record says it (`userIdentity`). It never judges who that is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer};

use crate::lenient::{Slot, lenient_object};

lenient_object! {
    /// The record's `userIdentity`. Every member may be missing: background work of AWS has no `type`, for example.
    ///
    /// ```json
    /// {"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/deploy/ci","accountId":"111122223333",
    ///  "sessionContext":{"sessionIssuer":{"type":"Role","userName":"deploy"}}}
    /// ```
    pub struct Identity<'a> {
        /// `IAMUser`, `AssumedRole`, `Root`, `FederatedUser`, `AWSAccount`, `AWSService`, `IdentityCenterUser`, …
        pub kind: Cow<'a, str> = "type",
        /// The unique id; for a session, the role's id and the session name behind a colon.
        pub principal_id: Cow<'a, str> = "principalId",
        /// The principal's ARN; for a session, that of the session.
        pub arn: Cow<'a, str> = "arn",
        /// The account of the caller.
        pub account_id: Cow<'a, str> = "accountId",
        /// The access key that signed the call.
        pub access_key_id: AccessKeyId<'a> = "accessKeyId",
        /// The user's name.
        pub user_name: Cow<'a, str> = "userName",
        /// The AWS service that acted for the caller, `cloudformation.amazonaws.com`.
        pub invoked_by: Cow<'a, str> = "invokedBy",
        /// The external identity provider.
        pub identity_provider: Cow<'a, str> = "identityProvider",
        /// How the session came about.
        pub session: Session<'a> = "sessionContext",
        /// The IAM Identity Center user behind the call.
        pub on_behalf_of: OnBehalfOf<'a> = "onBehalfOf",
        /// The id of an Identity Center credential.
        pub credential_id: Cow<'a, str> = "credentialId",
        /// The service and resource a credential was issued to.
        pub in_scope_of: InScopeOf<'a> = "inScopeOf",
    }
}

lenient_object! {
    /// `sessionContext`.
    pub struct Session<'a> {
        /// What the session was made from: the role, the root, the user.
        pub issuer: Issuer<'a> = "sessionIssuer",
        /// How the session was opened.
        pub attributes: Attributes<'a> = "attributes",
        /// The web identity (OIDC) it was opened with.
        pub web_identity: WebIdentity<'a> = "webIdFederationData",
        /// The source identity set when the role was assumed.
        pub source_identity: Cow<'a, str> = "sourceIdentity",
        /// The version of the instance metadata service that gave the credentials, `1.0` or `2.0`.
        pub ec2_role_delivery: Cow<'a, str> = "ec2RoleDelivery",
    }
}

lenient_object! {
    /// `sessionIssuer`: the durable identity behind a session.
    pub struct Issuer<'a> {
        /// `Role`, `Root`, `User`.
        pub kind: Cow<'a, str> = "type",
        /// Its unique id.
        pub principal_id: Cow<'a, str> = "principalId",
        /// Its ARN.
        pub arn: Cow<'a, str> = "arn",
        /// Its account.
        pub account_id: Cow<'a, str> = "accountId",
        /// Its name: that of the role.
        pub user_name: Cow<'a, str> = "userName",
    }
}

lenient_object! {
    /// A session's `attributes`.
    pub struct Attributes<'a> {
        /// Whether a second factor was used; written as text by CloudTrail.
        pub mfa_authenticated: bool = "mfaAuthenticated",
        /// When the session was opened, as written.
        pub creation_date: Cow<'a, str> = "creationDate",
    }
}

lenient_object! {
    /// `webIdFederationData`.
    pub struct WebIdentity<'a> {
        /// The provider: its name, or the ARN of an OIDC provider.
        pub federated_provider: Cow<'a, str> = "federatedProvider",
    }
}

lenient_object! {
    /// `onBehalfOf`.
    pub struct OnBehalfOf<'a> {
        /// The user's id in the identity store.
        pub user_id: Cow<'a, str> = "userId",
        /// The identity store.
        pub identity_store_arn: Cow<'a, str> = "identityStoreArn",
    }
}

lenient_object! {
    /// `inScopeOf`.
    pub struct InScopeOf<'a> {
        /// The service that issued the credential.
        pub issuer_type: Cow<'a, str> = "issuerType",
        /// The ARN it was issued to.
        pub credentials_issued_to: Cow<'a, str> = "credentialsIssuedTo",
    }
}

/// The id of an access key. Not a secret, but never to be logged: its `Debug` shows the four-letter prefix only.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKeyId<'a>(Cow<'a, str>);

impl AccessKeyId<'_> {
    /// The whole id. Never log it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the key is a user's long-term one (`AKIA`), not that of a session (`ASIA`).
    #[must_use]
    pub fn is_long_term(&self) -> bool {
        self.0.starts_with("AKIA")
    }
}

impl fmt::Debug for AccessKeyId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.0.get(..4).unwrap_or_default())
    }
}

impl<'de> DeserializeSeed<'de> for Slot<'_, AccessKeyId<'de>> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let mut text = None;
        Slot::<Cow<'de, str>>(&mut text).deserialize(deserializer)?;
        *self.0 = text.map(AccessKeyId);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Identity<'_>> {
        crate::lenient::object(text)
    }

    #[test]
    fn a_session_is_read_whole() {
        let identity = read(
            r#"{"type":"AssumedRole","principalId":"AROAEXAMPLE:ci","arn":"arn:aws:sts::111122223333:assumed-role/deploy/ci",
                "accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","invokedBy":null,"sessionContext":{
                "sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/deploy",
                "accountId":"111122223333","userName":"deploy"},"webIdFederationData":{"federatedProvider":"ci.example.com",
                "attributes":{}},"attributes":{"mfaAuthenticated":"false","creationDate":"2026-11-20T10:00:00Z"},
                "sourceIdentity":"alice@example.com","ec2RoleDelivery":"2.0"}}"#,
        )
        .unwrap();
        let session = identity.session.unwrap();
        let issuer = session.issuer.unwrap();
        assert_eq!(identity.kind.as_deref(), Some("AssumedRole"));
        assert_eq!(identity.invoked_by, None);
        assert_eq!(issuer.user_name.as_deref(), Some("deploy"));
        assert_eq!(session.web_identity.unwrap().federated_provider.as_deref(), Some("ci.example.com"));
        assert_eq!(session.attributes.unwrap().mfa_authenticated, Some(false));
        assert_eq!(session.source_identity.as_deref(), Some("alice@example.com"));
        assert_eq!(session.ec2_role_delivery.as_deref(), Some("2.0"));
    }

    #[test]
    fn an_identity_center_user_is_read() {
        let identity = read(
            r#"{"type":"IdentityCenterUser","accountId":"111122223333","credentialId":"c-1","onBehalfOf":
                {"userId":"u-1","identityStoreArn":"arn:aws:identitystore::111122223333:identitystore/d-1"},
                "inScopeOf":{"issuerType":"AWS::Lambda","credentialsIssuedTo":"arn:aws:lambda:x"}}"#,
        )
        .unwrap();
        assert_eq!(identity.on_behalf_of.unwrap().user_id.as_deref(), Some("u-1"));
        assert_eq!(identity.credential_id.as_deref(), Some("c-1"));
        assert_eq!(identity.in_scope_of.unwrap().issuer_type.as_deref(), Some("AWS::Lambda"));
    }

    #[test]
    fn members_of_other_types_are_absent() {
        assert!(read("\"alice\"").is_none());
        assert!(read("null").is_none());
        assert!(read("[1, {}]").is_none());
        let identity =
            read(r#"{"type":7,"arn":["a"],"sessionContext":"x","accountId":{"a":1},"userName":true,"userName":"bob"}"#)
                .unwrap();
        assert!(identity.kind.is_none() && identity.arn.is_none() && identity.session.is_none());
        assert!(identity.account_id.is_none());
        assert_eq!(identity.user_name.as_deref(), Some("bob"));
    }

    #[test]
    fn mfa_is_read_from_text_and_flag() {
        for (text, expected) in [("\"true\"", Some(true)), ("true", Some(true)), ("\"\"", None), ("1", None)] {
            let json = format!(r#"{{"sessionContext":{{"attributes":{{"mfaAuthenticated":{text}}}}}}}"#);
            let found = read(&json).unwrap().session.unwrap().attributes.unwrap().mfa_authenticated;
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn debug_shows_no_access_key() {
        let identity = read(r#"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}"#).unwrap();
        let key = identity.access_key_id.unwrap();
        assert!(key.is_long_term());
        assert_eq!(format!("{key:?}"), "AKIA…");
    }
}
