import Qadam
import QadamModels
import SwiftUI

/// An answer to any kind of question.
struct AnswerField: View {
    private let kind: QuestionKind
    private let answer: AnswerInput?
    private let change: @MainActor (AnswerInput) -> Void
    @Environment(\.texts) private var texts

    init(_ kind: QuestionKind, _ answer: AnswerInput?, change: @escaping @MainActor (AnswerInput) -> Void) {
        self.kind = kind
        self.answer = answer
        self.change = change
    }

    var body: some View {
        Small(texts.instruction(kind))
        switch kind {
        case .single(let options):
            Radios(options.map { Option($0.index, $0.text) }, single) { change(.single(option: $0)) }
        case .multiple(let options):
            ForEach(options, id: \.index) { option in
                SwitchRow(option.text, multiple.contains(option.index)) { on in
                    change(.multiple(options: (on ? multiple + [option.index] : multiple.filter { $0 != option.index }).sorted()))
                }
            }
        case .trueFalse:
            Radios([Option(true, texts.quizTrue), Option(false, texts.quizFalse)], truth) { change(.trueFalse(answer: $0)) }
        case .numeric:
            Field(texts.quizNumber, bound(typed) { change(.number(text: $0)) }).typing(.number)
        case .shortText:
            Field(texts.quizText, bound(typed) { change(.text(text: $0)) })
        case .ordering(let items):
            Ordering(items: items, order: order ?? items.map(\.index)) { change(.order(items: $0)) }
        case .matching(let left, let right):
            let chosen = matched ?? left.map { _ in nil }
            ForEach(left.indices, id: \.self) { at in
                Choice(left[at], right.map { Option($0.index, $0.text) }, chosen.indices.contains(at) ? chosen[at] : nil) { choice in
                    var choices = chosen
                    choices[at] = choice
                    change(.match(choices: choices))
                }
            }
        case .scenario(let steps):
            // What was chosen stays in sight and can be chosen anew, which takes back what came after.
            let visited = visited(steps, path)
            ForEach(visited.indices, id: \.self) { at in
                Blocks(visited[at].step.prompt)
                Radios(visited[at].step.options.map { Option($0.index, $0.text) }, visited[at].chosen?.index) { option in
                    change(.path(options: path.prefix(at) + [option]))
                }
            }
        }
    }

    private var single: UInt32? {
        if case .single(let option) = answer { option } else { nil }
    }

    private var multiple: [UInt32] {
        if case .multiple(let options) = answer { options } else { [] }
    }

    private var truth: Bool? {
        if case .trueFalse(let truth) = answer { truth } else { nil }
    }

    private var typed: String {
        switch answer {
        case .number(let text), .text(let text): text
        default: ""
        }
    }

    private var order: [UInt32]? {
        if case .order(let items) = answer { items } else { nil }
    }

    private var matched: [UInt32?]? {
        if case .match(let choices) = answer { choices } else { nil }
    }

    private var path: [UInt32] {
        if case .path(let options) = answer { options } else { [] }
    }
}

/// Moved with two buttons: a finger on a small phone, a keyboard and a switch reach them alike.
private struct Ordering: View {
    let items: [OptionView]
    let order: [UInt32]
    let change: @MainActor ([UInt32]) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        ForEach(order.indices, id: \.self) { at in
            let text = items.first { $0.index == order[at] }?.text ?? ""
            HStack {
                Text(verbatim: "\(at + 1). \(text)")
                Spacer()
                if at > 0 { IconButton("chevron.up", texts.quizMoveUp(text: text)) { swap(at, at - 1) } }
                if at < order.count - 1 { IconButton("chevron.down", texts.quizMoveDown(text: text)) { swap(at, at + 1) } }
            }
        }
    }

    private func swap(_ at: Int, _ with: Int) {
        var order = order
        order.swapAt(at, with)
        change(order)
    }
}
