use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// Values of these names are whole numbers, in every message; all others are texts.
pub const NUMBERS: [&str; 10] = ["at", "count", "day", "days", "done", "minutes", "need", "of", "percent", "points"];

/// A message as a Fluent file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub key: String,
    /// The names of its values, in the order in which they come first.
    pub values: Vec<String>,
}

/// The messages of a Fluent file, in its order; what can't be read is left out.
pub fn messages(source: &str) -> Vec<Message> {
    let resource = parser::parse(source).unwrap_or_else(|(resource, _)| resource);
    let message = |entry| match entry {
        Entry::Message(message) => {
            let mut values = Vec::new();
            if let Some(pattern) = &message.value {
                of_pattern(pattern, &mut values);
            }
            Some(Message { key: message.id.name.to_owned(), values })
        }
        _ => None,
    };
    resource.body.into_iter().filter_map(message).collect()
}

fn of_pattern(pattern: &Pattern<&str>, values: &mut Vec<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, values);
        }
    }
}

fn of_expression(expression: &Expression<&str>, values: &mut Vec<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, values),
        Expression::Select { selector, variants } => {
            of_inline(selector, values);
            for variant in variants {
                of_pattern(&variant.value, values);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, values: &mut Vec<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            if !values.iter().any(|value| value == id.name) {
                values.push(id.name.to_owned());
            }
        }
        InlineExpression::Placeable { expression } => of_expression(expression, values),
        InlineExpression::FunctionReference { arguments: CallArguments { positional, .. }, .. } => {
            for argument in positional {
                of_inline(argument, values);
            }
        }
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {}
    }
}
