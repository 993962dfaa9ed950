//! Reads declared state from S3 and CloudFormation. Knows no tool's format but the stack file's, which it writes.

use aws_sdk_cloudformation::Client as CloudFormation;
use aws_sdk_cloudformation::types::{Stack, StackResourceSummary, TemplateStage};
use aws_sdk_s3::Client as S3;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use driftwire_runtime::said;
use serde_json::{Value, json};

use crate::source::{Read, Source, SourceError};

/// The largest object that is read.
const LARGEST: i64 = 128 * 1024 * 1024;

/// AWS.
#[derive(Debug)]
pub(crate) struct Aws {
    s3: S3,
    stacks: CloudFormation,
}

impl Aws {
    /// Clients of the function's own account and region.
    pub(crate) fn new(config: &aws_config::SdkConfig) -> Self {
        // A bucket's name is part of the path where the endpoint is not Amazon's own.
        let s3 = aws_sdk_s3::config::Builder::from(config).force_path_style(config.endpoint_url().is_some());
        Self { s3: S3::from_conf(s3.build()), stacks: CloudFormation::new(config) }
    }

    async fn stack_file(&self, name: &str) -> Result<Option<Value>, SourceError> {
        let Some(stack) = self.describe(name).await? else { return Ok(None) };
        let id = stack.stack_id().unwrap_or(name);
        let template = self
            .stacks
            .get_template()
            .stack_name(id)
            .template_stage(TemplateStage::Processed)
            .send()
            .await
            .map_err(|error| failed("reading the template", &error))?;
        let mut pages = self.stacks.list_stack_resources().stack_name(id).into_paginator().items().send();
        let mut resources = Vec::new();
        while let Some(resource) = pages.next().await {
            resources.push(summary(&resource.map_err(|error| failed("listing the stack's resources", &error))?));
        }
        Ok(Some(json!({
            "Stack": described(&stack),
            "TemplateBody": template.template_body().unwrap_or_default(),
            "StackResources": resources,
        })))
    }

    /// A stack; none where there is none, or it is deleted.
    async fn describe(&self, name: &str) -> Result<Option<Stack>, SourceError> {
        match self.stacks.describe_stacks().stack_name(name).send().await {
            Ok(answer) => Ok(answer
                .stacks
                .and_then(|it| it.into_iter().next())
                .filter(|it| it.stack_status().is_none_or(|status| status.as_str() != "DELETE_COMPLETE"))),
            Err(error) if error.code() == Some("ValidationError") && error.message().is_some_and(is_missing) => {
                Ok(None)
            }
            Err(error) => Err(failed("describing the stack", &error)),
        }
    }
}

impl Source for Aws {
    async fn object(&self, bucket: &str, key: &str) -> Result<Read, SourceError> {
        let answer = match self.s3.get_object().bucket(bucket).key(key).send().await {
            Ok(answer) => answer,
            Err(error) if matches!(error.as_service_error(), Some(GetObjectError::NoSuchKey(_))) => {
                return Ok(Read::Gone);
            }
            Err(error) => return Err(failed("reading the object", &error)),
        };
        if answer.content_length().is_some_and(|length| length > LARGEST) {
            return Err(SourceError::Permanent(format!("more than {LARGEST} bytes; split the state")));
        }
        match answer.body.collect().await {
            Ok(bytes) => Ok(Read::State(bytes.to_vec())),
            Err(_) => Err(SourceError::Transient("reading the object: it ended early".to_owned())),
        }
    }

    async fn stack(&self, name: &str) -> Result<Read, SourceError> {
        let file = self.stack_file(name).await?;
        Ok(file.map_or(Read::Gone, |file| Read::State(file.to_string().into_bytes())))
    }
}

fn is_missing(message: &str) -> bool {
    message.contains("does not exist")
}

fn failed<E>(doing: &str, error: &SdkError<E, HttpResponse>) -> SourceError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let told = format!("{doing}: {}", said(error));
    let refused = |answer: &SdkError<E, HttpResponse>| {
        matches!(answer, SdkError::ServiceError(it) if (400..500).contains(&it.raw().status().as_u16()))
            && !matches!(answer.code(), Some("Throttling" | "ThrottlingException" | "SlowDown" | "RequestTimeout"))
    };
    if refused(error) { SourceError::Permanent(told) } else { SourceError::Transient(told) }
}

/// A stack, as an element of `DescribeStacks`.
fn described(stack: &Stack) -> Value {
    let pair = |key: Option<&str>, value: Option<&str>, names: (&str, &str)| json!({names.0: key, names.1: value});
    let parameters: Vec<Value> = stack
        .parameters()
        .iter()
        .map(|it| {
            let (key, value) = (it.parameter_key(), it.parameter_value());
            match it.resolved_value() {
                Some(resolved) => json!({"ParameterKey": key, "ParameterValue": value, "ResolvedValue": resolved}),
                None => json!({"ParameterKey": key, "ParameterValue": value}),
            }
        })
        .collect();
    let outputs: Vec<Value> = stack
        .outputs()
        .iter()
        .map(|it| pair(it.output_key(), it.output_value(), ("OutputKey", "OutputValue")))
        .collect();
    let tags: Vec<Value> = stack.tags().iter().map(|it| pair(it.key(), it.value(), ("Key", "Value"))).collect();
    json!({
        "StackId": stack.stack_id(), "StackName": stack.stack_name(),
        "StackStatus": stack.stack_status().map(|it| it.as_str()),
        "CreationTime": stack.creation_time().map(ToString::to_string),
        "LastUpdatedTime": stack.last_updated_time().map(ToString::to_string),
        "Parameters": parameters, "Outputs": outputs, "Tags": tags, "ParentId": stack.parent_id(), "RootId": stack.root_id(),
    })
}

/// A resource of a stack, as an element of `ListStackResources`.
fn summary(resource: &StackResourceSummary) -> Value {
    json!({
        "LogicalResourceId": resource.logical_resource_id(), "PhysicalResourceId": resource.physical_resource_id(),
        "ResourceType": resource.resource_type(), "ResourceStatus": resource.resource_status().map(|it| it.as_str()),
    })
}
