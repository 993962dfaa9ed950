//! How CloudTrail, CloudFormation and Terraform spell the path of one member. Compiled into the build script too.

/// A path as AWS's model spells it, where the model raises first letters: `VpcId`.
pub(crate) fn raised(path: &str) -> String {
    respelled(path, |letter| letter.to_ascii_uppercase())
}

/// A path as CloudTrail logs it: `vpcId`.
pub(crate) fn lowered(path: &str) -> String {
    respelled(path, |letter| letter.to_ascii_lowercase())
}

/// A path with the first letter of every member changed; constants stay.
fn respelled(path: &str, change: impl Fn(char) -> char) -> String {
    let (mut out, mut first, mut quoted) = (String::with_capacity(path.len()), true, false);
    for letter in path.chars() {
        out.push(if first && !quoted && letter.is_ascii_alphabetic() { change(letter) } else { letter });
        quoted ^= letter == '\'';
        first = matches!(letter, '.' | '|' | '>' | '!' | ',');
    }
    out
}

/// `versioningConfiguration.status` in CloudFormation's spelling: `VersioningConfiguration.Status`.
pub(crate) fn pascal_path(member: &str) -> String {
    let plain = member.trim_start_matches('>').replace("[]", "");
    plain.split('.').map(pascal).collect::<Vec<_>>().join(".")
}

/// A name with its first letter raised.
pub(crate) fn pascal(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// `versioningConfiguration.status` in Terraform's spelling: `versioning_configuration[0].status`.
pub(crate) fn block_path(member: &str) -> String {
    let steps: Vec<String> = member.split('.').map(snake).collect();
    steps.join("[0].")
}

/// `kmsKeyId` as Terraform spells it: `kms_key_id`. A run of capitals is one word.
fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let after_lower = at > 0 && letters.get(at - 1).is_some_and(|it| !it.is_ascii_uppercase());
        let before_lower = at > 0 && letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (after_lower || before_lower) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// What most shapes of ARNs start with, and the place that most of them have: kept as one letter.
pub(crate) const ARN: [(&str, &str); 2] = [("arn:${Partition}:", "^"), (":${Region}:${Account}:", "~")];

/// The shape of an ARN in full.
pub(crate) fn long_arn(arn: &str) -> String {
    ARN.iter().fold(arn.to_owned(), |arn, (long, short)| arn.replacen(short, long, 1))
}

/// Pulumi's token of a module and a name: `ec2/Vpc` is `aws:ec2/vpc:Vpc`.
pub(crate) fn token(short: &str) -> String {
    let Some((module, name)) = short.split_once('/').filter(|_| !short.starts_with("aws:")) else {
        return short.to_owned();
    };
    format!("aws:{module}/{}:{name}", lowered(name))
}
