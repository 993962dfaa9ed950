//! Where a stack stands: account, region, and the partition with its names. Told by ARNs, never guessed.

use crate::terraform::place::Arn;

/// The partition, the account and the region of a stack, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub(super) partition: Option<String>,
    /// Twelve digits.
    pub(super) account: Option<String>,
    /// `eu-west-1`.
    pub(super) region: Option<String>,
}

impl Place {
    /// Reads a place off an ARN; what the ARN leaves out stays unknown.
    pub(super) fn of_arn(arn: &str) -> Option<Self> {
        let Arn { partition, account, region } = Arn::parse(arn)?;
        let owned = |part: Option<&str>| part.map(str::to_owned);
        Some(Self { partition: Some(partition.to_owned()), account: owned(account), region: owned(region) })
    }

    /// Fills what is not known yet.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            partition: self.partition.or(other.partition),
            account: self.account.or(other.account),
            region: self.region.or(other.region),
        }
    }

    /// Returns what the names of the partition's services end in, where the partition is known.
    pub(super) fn url_suffix(&self) -> Option<&'static str> {
        const SUFFIXES: [(&str, &str); 8] = [
            ("aws", "amazonaws.com"),
            ("aws-cn", "amazonaws.com.cn"),
            ("aws-us-gov", "amazonaws.com"),
            ("aws-iso", "c2s.ic.gov"),
            ("aws-iso-b", "sc2s.sgov.gov"),
            ("aws-iso-e", "cloud.adc-e.uk"),
            ("aws-iso-f", "csp.hci.ic.gov"),
            ("aws-eusc", "amazonaws.eu"),
        ];
        let partition = self.partition.as_deref()?;
        SUFFIXES.iter().find(|(name, _)| *name == partition).map(|(_, suffix)| *suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_its_place_and_no_more() {
        let place = Place::of_arn("arn:aws-cn:cloudformation:cn-north-1:111122223333:stack/app/1").unwrap();
        assert_eq!(place.url_suffix(), Some("amazonaws.com.cn"));
        assert_eq!((place.account.as_deref(), place.region.as_deref()), (Some("111122223333"), Some("cn-north-1")));
        let role = Place::of_arn("arn:aws:iam::111122223333:role/x").unwrap();
        assert_eq!((role.region, role.account.as_deref()), (None, Some("111122223333")));
        assert_eq!(Place::of_arn("arn:aws:s3:::logs").unwrap().account, None);
        for text in ["app", "arn:aws:sns", "https://sqs.eu-west-1.amazonaws.com/111122223333/q"] {
            assert_eq!(Place::of_arn(text), None, "{text}");
        }
    }
}
