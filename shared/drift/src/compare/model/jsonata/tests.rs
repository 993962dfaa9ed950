//! Checks what every shape of expression that AWS writes gives, what is refused, and that nothing runs away.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Expression, Failed};

/// The network that an address of the fourth version is in.
const NETWORK: &str = r#"CidrBlock~>function($cidr){$split($cidr,"/")~>function($split_cidr){$number($split_cidr[1])~>function($sub_mask){$split($split_cidr[0],/[.]/).$number()~>function($octets){($octets.$formatBase($,2).$pad(-8,"0")~>$join())~>function($ip_bin_str){$substring($ip_bin_str,0,$sub_mask).$pad(32,"0")~>function($canon_ip_bin_str){$map($map([0..3],function($i){$substring($canon_ip_bin_str,$i*8,8)}),function($s){$split($s,"")})~>function($canon_octet_arrs){$map($canon_octet_arrs,function($section){$sum($map([0..7],function($bit){$number($section[$bit])*$power(2,7-$bit)}))})~>function($canon_octets){($canon_octets.$string()~>$join("."))&"/"&$sub_mask}}}}}}}}"#;

/// The network that an address of the sixth version is in.
const NETWORK_6: &str = r#"Ipv6CidrBlock~>function($c){$split($c,"/")~>function($p){$number($p[1])~>function($n){$split($p[0],":")~>function($r){($map([0,1,2,3,4,5,6,7],function($i){$pad($r[$i],-4,"0")~>function($h){($i<$floor($n/16)?$h:($i=$floor($n/16)?$floor(($n%16)/4)~>function($k){($h~>$substring(0,$k))&$substring("0000",0,4-$k)}:"0000"))~>$replace(/^0{1,3}/,"")}})~>$join(":")~>$replace(/(:0)+$/,"::"))&"/"&$p[1]}}}}"#;

const TIME: &str = r#"($groups := $match(Time, /^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(?:Z|([+\-][0-9]{2}:[0-9]{2}))?$/).groups;$seconds := $groups[2] ? $groups[2] : "00";$timezone := $groups[3] ? $groups[3] : "+00:00";$join([$groups[0], ":", $groups[1], ":", $seconds, "Z"]);)"#;

const RULE: &str = r#"Source.Owner="CUSTOM_LAMBDA" ? ($count(Source.SourceDetails[MessageType="Item"]) > 0 and $count(Source.SourceDetails[MessageType="Oversized"]) = 0) ? $ ~> | $.Source | {"SourceDetails" : [SourceDetails, {"EventSource": "aws.config", "MessageType": "Oversized"}]} | : Source : Source"#;

const FUNCTION: &str = "$lookup($match(Arn,/(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-[0-9]{1}:)?([0-9]{12}:)?(function:)?([a-zA-Z0-9-_]+)(:([a-zA-Z-_][0-9a-zA-Z-_]*))?/)['groups'], 'groups')[6]";

const PROTOCOL: &str = "($found := $lookup({'6': 'tcp','58': 'icmpv6'}, IpProtocol);$protocol := $found ? $found : $lowercase(IpProtocol);$protocol in ['tcp', 'udp'] ? FromPort : -1)";

fn given(expression: &str, input: &Json) -> Result<Option<Json>, Failed> {
    Expression::parse(expression).unwrap_or_else(|why| panic!("{expression}: {why}")).evaluate(input)
}

/// Checks results; null stands for undefined.
fn check(cases: &[(&str, Json, Json)]) {
    for (expression, input, expected) in cases {
        let result = given(expression, input).map(Option::unwrap_or_default);
        assert_eq!(result, Ok(expected.clone()), "{expression} over {input}");
    }
}

#[test]
fn a_text_is_respelled() {
    check(&[
        ("$lowercase(Name)", json!({"Name": "Db-ONE"}), json!("db-one")),
        ("$lowercase(Name)", json!({}), json!(null)),
        ("$uppercase(S.Kind)", json!({"S": {"Kind": "byte"}}), json!("BYTE")),
        ("$join([Name, \".\"])", json!({"Name": "example.com"}), json!("example.com.")),
        ("$join([Name, \".\"])", json!({}), json!(".")),
        ("'custom:' & '' & Name", json!({"Name": "tier"}), json!("custom:tier")),
        ("'custom:' & '' & Name", json!({}), json!("custom:")),
        (r#"$replace(Name, "prefix", "Prefix")"#, json!({"Name": "prefix/prefix"}), json!("Prefix/Prefix")),
        (r"$replace(Body, /\s+$/, '')", json!({"Body": "a b \n\n"}), json!("a b")),
        ("$replace(Body, /\n$/, '')", json!({"Body": "a\n\n"}), json!("a\n")),
        (r#"$lowercase($replace(Name, /(.*)\.$/, "$1"))"#, json!({"Name": "A.B."}), json!("a.b")),
        (
            r#"$join(["^", $replace($replace(V, ".", "\\."), "x", "[0-9]+"), "$"])"#,
            json!({"V": "1.x"}),
            json!("^1\\.[0-9]+$"),
        ),
        (r#"$join(["arn:.+?:key\/", Id])"#, json!({"Id": "a"}), json!("arn:.+?:key/a")),
        (r#"$join([$string(V), ".*"])"#, json!({"V": 5.7}), json!("5.7.*")),
        (r#"$contains(Cost, ".") ? Cost : Cost & ".0""#, json!({"Cost": "5"}), json!("5.0")),
        (r#"$contains(Cost, ".") ? Cost : Cost & ".0""#, json!({"Cost": "5.5"}), json!("5.5")),
    ]);
}

#[test]
fn a_text_is_cut() {
    let arn = json!({"Arn": "arn:aws:lambda:eu-west-1:111122223333:function:App:live"});
    check(&[
        (r#"$split(Arn, ":")[-1]"#, arn.clone(), json!("live")),
        (r#"$split(Arn, ":")[-9]"#, arn.clone(), json!(null)),
        (r#"$split(Arn, "lambda:")[1] & "/" & $split(Arn, ":")[0]"#, json!({"Arn": "a:lambda:b"}), json!("b/a")),
        (r#"$substringAfter(Arn, "/")"#, json!({"Arn": "a/b/c"}), json!("b/c")),
        (r#"$substringAfter(Arn, "/")"#, json!({"Arn": "a"}), json!("a")),
        (r#"$substringBefore(Arn, "/")"#, json!({"Arn": "a/b/c"}), json!("a")),
        (r#"$join($split(V, ".", 2), ".")"#, json!({"V": "1.6.22"}), json!("1.6")),
        (
            r#"$join([$match(B, /^([0-9a-f]{1,4}:){2}/).match, ":/32"])"#,
            json!({"B": "2001:db8::/32"}),
            json!("2001:db8::/32"),
        ),
        ("$split('a1b22c', /[0-9]+/)", json!({}), json!(["a", "b", "c"])),
        (FUNCTION, arn, json!("App")),
        (FUNCTION, json!({"Arn": "App:live"}), json!("App")),
        (FUNCTION, json!({}), json!(null)),
    ]);
}

#[test]
fn a_network_loses_its_host_bits() {
    for (declared, expected) in [
        ("10.0.5.9/16", "10.0.0.0/16"),
        ("192.0.2.255/25", "192.0.2.128/25"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("203.0.113.7/32", "203.0.113.7/32"),
    ] {
        check(&[(NETWORK, json!({"CidrBlock": declared}), json!(expected))]);
    }
    for (declared, expected) in [
        ("2001:0db8:0d2d:2800::/64", "2001:db8:d2d:2800::/64"),
        ("2001:db8:1:2:3:4:5:6/36", "2001:db8::/36"),
        ("2001:db8:0:ab00::/56", "2001:db8:0:ab00::/56"),
    ] {
        check(&[(NETWORK_6, json!({"Ipv6CidrBlock": declared}), json!(expected))]);
    }
    assert!(given(NETWORK, &json!({"CidrBlock": "10.0.0.0/x"})).is_err());
}

#[test]
fn a_time_gets_its_seconds() {
    for (declared, expected) in [("03:30", "03:30:00Z"), ("03:30:15.5Z", "03:30:15Z"), ("03:30+02:00", "03:30:00Z")] {
        check(&[(TIME, json!({"Time": declared}), json!(expected))]);
    }
}

#[test]
fn a_property_depends_on_others() {
    let ends = r#"$count($split(P, "-")) = 2 and $split(P, "-")[0] = $split(P, "-")[1] ? $split(P, "-")[0] : P"#;
    let sum = "($exists(L.OnDemand) ? L.OnDemand : 0) + L.AlwaysOn";
    let mode = "$lowercase($string(Mode)) = 'serverless' ? On : ($lowercase($string(Engine)) in ['aurora', 'mysql'] ? On : false)";
    check(&[
        (PROTOCOL, json!({"IpProtocol": "6", "FromPort": 22}), json!(22)),
        (PROTOCOL, json!({"IpProtocol": "UDP", "FromPort": 53}), json!(53)),
        (PROTOCOL, json!({"IpProtocol": "58", "FromPort": 1}), json!(-1)),
        (PROTOCOL, json!({}), json!(-1)),
        (ends, json!({"P": "22-22"}), json!("22")),
        (ends, json!({"P": "80-443"}), json!("80-443")),
        (sum, json!({"L": {"OnDemand": 2, "AlwaysOn": 1}}), json!(3)),
        (sum, json!({"L": {"AlwaysOn": 1}}), json!(1)),
        (sum, json!({}), json!(null)),
        (mode, json!({"Mode": "SERVERLESS", "On": true}), json!(true)),
        (mode, json!({"Engine": "postgres", "On": true}), json!(false)),
        ("Start * 1000", json!({"Start": 1_784_632_175}), json!(1_784_632_175_000_i64)),
        ("A and A", json!({"A": false}), json!(false)),
        ("A=[] ? null : A", json!({"A": []}), json!(null)),
        ("A=[] ? null : A", json!({"A": ["x"]}), json!(["x"])),
        ("A ? A : []", json!({}), json!([])),
        ("InstanceId? A : B", json!({"InstanceId": "i", "A": 1, "B": 2}), json!(1)),
        ("Yes ? 1", json!({}), json!(null)),
        ("true", json!({}), json!(true)),
    ]);
}

#[test]
fn an_object_is_updated_at_a_place() {
    let source = |messages: &[&str]| {
        let details: Vec<Json> =
            messages.iter().map(|it| json!({"EventSource": "aws.config", "MessageType": it})).collect();
        json!({"Owner": "CUSTOM_LAMBDA", "SourceDetails": details})
    };
    let whole = |messages: &[&str]| json!({"Name": "r", "Source": source(messages)});
    check(&[
        (RULE, whole(&["Item"]), whole(&["Item", "Oversized"])),
        (RULE, whole(&["Item", "Oversized"]), source(&["Item", "Oversized"])),
        (RULE, json!({"Source": {"Owner": "AWS"}}), json!({"Owner": "AWS"})),
        (
            "$ ~> | A.B | {'c': d + 1} |",
            json!({"A": [{"B": {"d": 1}}, {}]}),
            json!({"A": [{"B": {"d": 1, "c": 2}}, {}]}),
        ),
    ]);
}

#[test]
fn results_of_a_path_are_one_flat_sequence() {
    let input = json!({"a": [{"b": [1, 2]}, {"b": 3}, {}], "c": [{"b": [4]}], "d": [[1], [2, 3]]});
    let given = |expression: &str| given(expression, &input).unwrap().unwrap_or_default();
    assert_eq!(given("a.b"), json!([1, 2, 3]));
    assert_eq!(given("c.b"), json!([4]));
    assert_eq!(given("(c.b)[0]"), json!(4));
    assert_eq!(given("a.b[0]"), json!([1, 3]));
    assert_eq!(given("(a.b)[-1]"), json!(3));
    assert_eq!(given("a[b=3].b"), json!(3));
    assert_eq!(given("a.b[$>1]"), json!([2, 3]));
    assert_eq!(given("a.[b]"), json!([[1, 2], [3], []]));
    assert_eq!(given("[a.b, [1..3], [[0]]]"), json!([1, 2, 3, [1, 2, 3], [[0]]]));
    assert_eq!(given("d[0]"), json!([1]));
    assert_eq!(given("a.{'n': b}"), json!([{"n": [1, 2]}, {"n": 3}, {}]));
    assert_eq!(given("$map([5], function($v, $i){$v + $i})"), json!(5));
    assert_eq!(given("($add := function($n){function($m){$n + $m}}; $add(3)(4))"), json!(7));
    assert_eq!(given("($two := 2; ($two := 3); $two)"), json!(2));
    assert_eq!(given("x = y"), json!(false));
    assert_eq!(given("x != y"), json!(false));
    assert_eq!(given("1 + 2 * 3 - -1 & '' "), json!("8"));
}

#[test]
fn numbers_are_written_as_javascript_writes_them() {
    check(&[
        ("$string(n)", json!({"n": 0.1}), json!("0.1")),
        ("$string(n)", json!({"n": 1e21}), json!("1e+21")),
        ("$string(n)", json!({"n": 1e-7}), json!("1e-7")),
        ("$string(1/3)", json!({}), json!("0.333333333333333")),
        ("$string([1.0, 'x', null])", json!({}), json!("[1,\"x\",null]")),
        ("$formatBase(n, 2)", json!({"n": 10}), json!("1010")),
        ("$number('0012.50')", json!({}), json!(12.5)),
        ("$pad('abc', 5) & $pad('abc', -5, '#')", json!({}), json!("abc  ##abc")),
        ("$substring('hello', -3, 2) & $substring('hello', 3)", json!({}), json!("lllo")),
        (r#"$replace('ab', /(a)(b)/, '$2$1$$$0$3')"#, json!({}), json!("ba$ab")),
    ]);
}

#[test]
fn what_is_not_taken_is_refused() {
    for text in [
        "a.*",
        "**.b",
        "a^(b)",
        "a{b: c}",
        "a.%.b",
        "a@$x",
        "a#$i",
        "a[]",
        "$f(?, 1)",
        "a ?: b",
        "a ?? b",
        "$now()",
        "$sum",
        "$unknown(1)",
        "f(1)",
        "/a/i",
        "/(?!a)b/",
        "$split(a, ':', 1, 2)",
        "a ~> $split(':')[0]",
        "function($a)<s:s>{$a}",
        "| a[0] | {} |",
        "| a | {}, 'x' |",
        "a b",
        "[1,]",
        "(",
        "'a",
        "1e5",
        "",
        "a.1",
        "\"\\x\"",
        "/* ",
    ] {
        let is_function = text == "$sum";
        assert_eq!(Expression::parse(text).is_err(), !is_function, "{text}");
    }
    let message = Expression::parse("a.*").map(|_| ()).unwrap_err().to_string();
    assert_eq!(message, "at byte 2: `*` found, expected a value");
}

#[test]
fn a_wrong_type_gives_nothing() {
    for expression in
        ["$lowercase(n)", "n & o", "t + 1", "$number(t)", "n < t", "$join(n)", "n()", "[1..n/2]", "1/0", "$lowercase"]
    {
        let input = json!({"n": 5, "t": "x", "o": {"a": 1, "b": 2}});
        let result = Expression::parse(expression).map(|it| it.evaluate(&input));
        assert!(!matches!(result, Ok(Ok(_))), "{expression}: {result:?}");
    }
}

#[test]
fn nothing_runs_away() {
    let exhausting = [
        "($f := function($n){$n > 0 ? 1 + $f($n - 1) : 0}; $f(100000))".to_owned(),
        "($f := function($n){$f($n)}; $f(1))".to_owned(),
        "$map([0..9999999], function($i){$i})".to_owned(),
        "$pad('a', 99999999999)".to_owned(),
        format!("($t := 'aaaaaaaaaaaaaaaa'; {} $t)", "$t := $t & $t;".repeat(60)),
        format!("($t := [1, 1]; {} $t)", "$t := [[$t], [$t]];".repeat(60)),
        format!("($t := {{}}; {} $t = $t ? 1 : $t)", "$t := {'a': $t, 'b': $t};".repeat(60)),
        format!("1{}", " + 1".repeat(900)),
    ];
    for expression in exhausting {
        assert_eq!(given(&expression, &json!({})), Err(Failed::Exhausted), "{expression}");
    }
    for nested in ["(", "[", "-", "function($x){", "a[", "$f("] {
        assert!(Expression::parse(&nested.repeat(100_000)).is_err());
        assert!(Expression::parse(&nested.repeat(600)).is_err());
    }
    let deep = (0..500).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(given("a", &deep), Err(Failed::Exhausted));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        if let Ok(expression) = Expression::parse(&text) {
            let _result = expression.evaluate(&json!({"a": [1, {"b": "x"}]}));
        }
    }

    #[test]
    fn any_words_are_read_or_refused(words in proptest::collection::vec(prop::sample::select(vec![
        "a", "b", "$", "$$", "$v", "1", "0", "-", "'x'", "[", "]", "(", ")", "{", "}", ".", ",", ";", ":", ":=", "?", "~>", "|",
        "..", "=", "<", "&", "and", "in", "/", "/(x)/", "*", "$map(", "$split(", "$join(", "$pad(", "function($v){", "$substring(",
        "$match(", "$replace(", "$string(", "$formatBase(", "99999999999999999999",
    ]), 0..25)) {
        if let Ok(expression) = Expression::parse(&words.join(" ")) {
            let _result = expression.evaluate(&json!({"a": [1, {"b": "x"}], "b": [["x"], null, 2.5]}));
        }
    }

    #[test]
    fn any_pattern_is_read_or_refused(pattern in r"[\[\](){}a-c\-^$.*+?|\\0-9,:=!<>dwsb]{0,12}", text in ".{0,12}") {
        if let Ok(expression) = Expression::parse(&format!("$match(t, /{pattern}/)")) {
            let _result = expression.evaluate(&json!({"t": text}));
        }
    }
}
