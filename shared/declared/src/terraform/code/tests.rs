//! Code read as a whole: modules, addresses, and what it tells declarations.

use proptest::prelude::*;

use super::*;

/// Code from files by path, and a `modules.json`.
fn code(files: &[(&str, &str)], modules: Option<&str>) -> Result<Code, DeclaredError> {
    Code::read("infra", modules, |folder| {
        let inside = files.iter().filter_map(|(path, text)| {
            let (at, name) = path.rsplit_once('/').unwrap_or(("", path));
            (at == folder).then(|| (name.to_owned(), (*text).to_owned()))
        });
        let inside: Vec<_> = inside.collect();
        Ok((!inside.is_empty()).then_some(inside))
    })
}

fn block(kind: &str, ignored: &str) -> String {
    format!("resource \"{kind}\" \"web\" {{\n  lifecycle {{\n    ignore_changes = {ignored}\n  }}\n}}\n")
}

fn call(name: &str, source: &str) -> String {
    format!("module \"{name}\" {{\n  source = \"{source}\"\n}}\n")
}

fn all(code: &Code) -> Vec<String> {
    code.ignored().map(|(block, paths)| format!("{block}: {}", paths.join(" "))).collect()
}

#[test]
fn modules_are_found_by_their_folders() {
    let root = call("edge", "./modules/edge") + &call("again", "./modules/edge") + &call("far", "acme/far/aws");
    let edge = block("aws_vpc", "[cidr_block]") + &call("inner", "../inner");
    let read = code(
        &[
            ("main.tf", &root),
            ("modules/edge/main.tf", &edge),
            (
                "modules/inner/main.tf.json",
                r#"{"resource": {"aws_subnet": {"a": {"lifecycle": {"ignore_changes": "all"}}}}}"#,
            ),
        ],
        None,
    );
    let read = read.unwrap();
    assert_eq!(
        all(&read),
        [
            "module.again.aws_vpc.web: cidr_block",
            "module.again.module.inner.aws_subnet.a: *",
            "module.edge.aws_vpc.web: cidr_block",
            "module.edge.module.inner.aws_subnet.a: *",
        ]
    );
    let far = Warning::ModuleNotAtHand { address: "module.far".to_owned(), source: "acme/far/aws".to_owned() };
    assert_eq!(read.warnings(), [far]);
}

#[test]
fn modules_are_found_where_init_has_put_them() {
    let modules = r#"{"Modules": [{"Key": "", "Source": "", "Dir": "."},
        {"Key": "edge", "Source": "acme/edge/aws", "Dir": ".terraform/modules/edge"},
        {"Key": "edge.inner", "Source": "./inner", "Dir": ".terraform/modules/edge/inner"},
        {"Key": "gone", "Source": "acme/gone/aws", "Dir": ".terraform/modules/gone"},
        {"Key": "stale", "Source": "acme/stale/aws", "Dir": ".terraform/modules/stale"}]}"#;
    let root = call("edge", "acme/edge/aws") + &call("gone", "acme/gone/aws") + &call("new", "./new");
    let read = code(
        &[
            ("main.tf", &root),
            (".terraform/modules/edge/main.tf", &call("inner", "./inner")),
            (".terraform/modules/edge/inner/main.tf", &block("aws_vpc", "[tags]")),
            (".terraform/modules/stale/main.tf", "broken {"),
            ("new/main.tf", &block("aws_vpc", "[a.b]")),
        ],
        Some(modules),
    );
    let read = read.unwrap();
    assert_eq!(all(&read), ["module.edge.module.inner.aws_vpc.web: tags tags_all", "module.new.aws_vpc.web: a.b"]);
    let warnings: Vec<String> = read.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "the code of `module.gone` (`acme/gone/aws`) is not at hand, so what it ignores is not known: run `terraform init` there"
        ]
    );
}

#[test]
fn every_instance_in_every_state_is_told() {
    let read = code(
        &[
            ("main.tf", &(block("aws_vpc", "[tags]") + &block("aws_subnet", "all") + &call("m", "./m"))),
            ("m/a.tf", &block("aws_vpc", "[x]")),
        ],
        None,
    );
    let read = read.unwrap();
    let declaration = |tool, kind, address| Declaration::new(tool, kind, address);
    let mut declared = [
        declaration(Tool::Terraform, "aws_vpc", r#"aws_vpc.web["a.b"]"#),
        declaration(Tool::OpenTofu, "aws_vpc", r#"module.m["x/y[0]"].aws_vpc.web[0]"#),
        declaration(Tool::Terraform, "aws_vpc", "aws_vpc.other"),
        declaration(Tool::CloudFormation, "aws_vpc", "aws_vpc.web"),
        declaration(Tool::Terraform, "aws_vpc", "aws_vpc.web"),
    ];
    declared[4].ignored = vec!["tags".to_owned()];
    let applied = read.apply(&mut declared);
    let told: Vec<String> = declared.iter().map(|declaration| declaration.ignored.join(" ")).collect();
    assert_eq!(told, ["tags tags_all", "x", "", "", "tags tags_all"]);
    assert_eq!(applied, Applied { declarations: 3, ignoring: 3, unmatched: vec!["aws_subnet.web".to_owned()] });
    let before = declared.clone();
    read.apply(&mut declared);
    assert_eq!(declared, before, "told twice is told once");
}

#[test]
fn a_root_without_code_is_refused() {
    assert_eq!(
        code(&[("notes/main.tf", "")], None).unwrap_err().to_string(),
        "`infra` holds no Terraform code; expected the folder of a root module, with `.tf`, `.tf.json` or `.tofu` files in it"
    );
}

#[test]
fn a_module_that_calls_itself_is_refused() {
    assert_eq!(
        code(&[("main.tf", &call("self", "./."))], None).unwrap_err().to_string(),
        "`infra` holds more than 10,000 modules, more than any code that people write; give the folder of a root module"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_is_too_odd(text in any::<String>(), code_like in "(resource|module|lifecycle|ignore_changes|source| |\"|\\{|\\}|=|\\[|\\]|\\.|a|\n|\\$\\{|<<E|all|\\*|#|/\\*|0){0,40}") {
        for text in [text, code_like] {
            for name in ["main.tf", "main.tf.json"] {
                code(&[(name, &text)], Some(&text)).ok();
                code(&[(name, &text)], None).ok();
            }
        }
    }

    #[test]
    fn no_entry_is_too_odd(entry in any::<String>(), code_like in "[a-c\\[\\]\"*.0%#${}]{0,20}") {
        for entry in [entry, code_like] {
            path::of_text(&entry);
            let text = block("aws_vpc", &format!("[{entry}]"));
            code(&[("main.tf", &text)], None).ok();
        }
    }

    #[test]
    fn an_attribute_is_the_same_in_every_spelling(names in prop::collection::vec("[a-z][a-z_]{0,5}", 1..4), at in 0_u8..9) {
        let path = names.join(".");
        let spellings = [format!("[{path}[{at}].x]"), format!("[{path}.{at}.x]"), format!("[\"{path}.{at}.x\"]"), format!("[{path}[{at}][\"x\"]]")];
        let read: Vec<Vec<String>> =
            spellings.iter().map(|it| all(&code(&[("main.tf", &block("aws_vpc", it))], None).unwrap())).collect();
        let mut expected = format!("aws_vpc.web: {path}[{at}].x");
        if names[0] == "tags" {
            expected = format!("{expected} tags_all{}[{at}].x", path.trim_start_matches("tags"));
        }
        for read in read {
            prop_assert_eq!(&read[0], &expected);
        }
    }
}
