import Qadam
import QadamModels
import SwiftUI

/// The smallest size of what can be touched.
let touchTarget: CGFloat = 44

/// A screen of a state that is asked for: its title, its content as a list, what went wrong last, and what one does next, always in reach.
struct Screen<Value, Rows: View, Bottom: View>: View {
    private let title: String
    private let load: Load<Value>
    private let model: ScreenViewModel
    private let rows: (Value) -> Rows
    private let bottom: (Value) -> Bottom
    @Environment(\.texts) private var texts

    init(
        _ title: String,
        _ load: Load<Value>,
        _ model: ScreenViewModel,
        @ViewBuilder rows: @escaping (Value) -> Rows,
        @ViewBuilder bottom: @escaping (Value) -> Bottom
    ) {
        self.title = title
        self.load = load
        self.model = model
        self.rows = rows
        self.bottom = bottom
    }

    var body: some View {
        List {
            if let failure = model.failure {
                HStack {
                    Label(texts.of(failure), systemImage: "exclamationmark.triangle")
                    Spacer()
                    IconButton("xmark", texts.close) { model.dismissFailure() }
                }
            }
            if let value = load.value {
                rows(value)
            } else if let problem = load.problem {
                Note(texts.of(problem))
                Quiet(texts.retry) { model.retry() }
            }
        }
        .navigationTitle(title)
        .safeAreaInset(edge: .bottom) {
            if let value = load.value, Bottom.self != EmptyView.self {
                VStack(spacing: 8) { bottom(value) }
                    .padding()
                    .frame(maxWidth: .infinity)
                    .background(.bar)
            }
        }
        .task { await model.watch() }
    }
}

extension Screen where Bottom == EmptyView {
    init(_ title: String, _ load: Load<Value>, _ model: ScreenViewModel, @ViewBuilder rows: @escaping (Value) -> Rows) {
        self.init(title, load, model, rows: rows, bottom: { _ in EmptyView() })
    }
}

/// What one does next.
struct Primary: View {
    private let text: String
    private let enabled: Bool
    private let action: @MainActor () -> Void

    init(_ text: String, enabled: Bool = true, action: @escaping @MainActor () -> Void) {
        self.text = text
        self.enabled = enabled
        self.action = action
    }

    var body: some View {
        Button(action: action) { Text(text).frame(maxWidth: .infinity, minHeight: touchTarget) }
            .buttonStyle(.borderedProminent)
            .disabled(!enabled)
    }
}

/// What one may do instead.
struct Secondary: View {
    private let text: String
    private let action: @MainActor () -> Void

    init(_ text: String, action: @escaping @MainActor () -> Void) {
        self.text = text
        self.action = action
    }

    var body: some View {
        Button(action: action) { Text(text).frame(maxWidth: .infinity, minHeight: touchTarget) }
            .buttonStyle(.bordered)
    }
}

/// In a line of text. Without a style of its own a list would run all the buttons of a row at once.
struct Quiet: View {
    private let text: String
    private let action: @MainActor () -> Void

    init(_ text: String, action: @escaping @MainActor () -> Void) {
        self.text = text
        self.action = action
    }

    var body: some View {
        Button(action: action) { Text(text).frame(minHeight: touchTarget) }
            .buttonStyle(.borderless)
    }
}

struct IconButton: View {
    private let icon: String
    private let label: String
    private let action: @MainActor () -> Void

    init(_ icon: String, _ label: String, action: @escaping @MainActor () -> Void) {
        self.icon = icon
        self.label = label
        self.action = action
    }

    var body: some View {
        Button(action: action) { Image(systemName: icon).frame(minWidth: touchTarget, minHeight: touchTarget) }
            .buttonStyle(.borderless)
            .accessibilityLabel(label)
    }
}

/// One thing among others, all of which leads somewhere.
struct Tile<Content: View>: View {
    private let action: @MainActor () -> Void
    private let content: Content

    init(action: @escaping @MainActor () -> Void, @ViewBuilder content: () -> Content) {
        self.action = action
        self.content = content()
    }

    var body: some View {
        Button(action: action) {
            HStack {
                VStack(alignment: .leading, spacing: 6) { content }
                Spacer()
                Image(systemName: "chevron.forward").foregroundStyle(.secondary).accessibilityHidden(true)
            }
            .frame(minHeight: touchTarget)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .accessibilityElement(children: .combine)
        .accessibilityAddTraits(.isButton)
    }
}

struct Headline: View {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    var body: some View {
        Text(text).font(.headline).accessibilityAddTraits(.isHeader)
    }
}

struct Small: View {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    var body: some View {
        Text(text).font(.subheadline).foregroundStyle(.secondary)
    }
}

/// In place of what is not there: why.
struct Note: View {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    var body: some View {
        Small(text).frame(maxWidth: .infinity, minHeight: 96)
    }
}

/// The number is said in words beside it.
struct Bar: View {
    private let percent: Int

    init(_ percent: Int) {
        self.percent = percent
    }

    var body: some View {
        SwiftUI.ProgressView(value: Double(min(max(percent, 0), 100)), total: 100).accessibilityHidden(true)
    }
}

/// A line to type in, with its label above, where it has room to grow.
struct Field: View {
    private let label: String
    private let text: Binding<String>
    private let secret: Bool

    init(_ label: String, _ text: Binding<String>, secret: Bool = false) {
        self.label = label
        self.text = text
        self.secret = secret
    }

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            Small(label).accessibilityHidden(true)
            Group {
                if secret {
                    SecureField(label, text: text, prompt: Text(verbatim: ""))
                } else {
                    TextField(label, text: text, prompt: Text(verbatim: ""))
                }
            }
            .frame(minHeight: touchTarget)
            .accessibilityLabel(label)
        }
    }
}

/// One of a few.
struct Option<Key: Hashable & Sendable>: Identifiable {
    let id: Key
    let text: String

    init(_ id: Key, _ text: String) {
        self.id = id
        self.text = text
    }
}

/// One of a few, in a menu.
struct Choice<Key: Hashable & Sendable>: View {
    private let label: String
    private let options: [Option<Key>]
    private let chosen: Key?
    private let choose: @MainActor (Key) -> Void
    @Environment(\.texts) private var texts

    init(_ label: String, _ options: [Option<Key>], _ chosen: Key?, choose: @escaping @MainActor (Key) -> Void) {
        self.label = label
        self.options = options
        self.chosen = chosen
        self.choose = choose
    }

    var body: some View {
        let words = options.first { $0.id == chosen }?.text ?? texts.choose
        VStack(alignment: .leading, spacing: 4) {
            Small(label).accessibilityHidden(true)
            Menu {
                ForEach(options) { option in
                    Button {
                        choose(option.id)
                    } label: {
                        if option.id == chosen { Label(option.text, systemImage: "checkmark") } else { Text(option.text) }
                    }
                }
            } label: {
                Label(words, systemImage: "chevron.up.chevron.down").frame(minHeight: touchTarget)
            }
            .accessibilityLabel(label)
            .accessibilityValue(words)
        }
    }
}

/// One of a few, all of them in sight.
struct Radios<Key: Hashable & Sendable>: View {
    private let options: [Option<Key>]
    private let chosen: Key?
    private let choose: @MainActor (Key) -> Void

    init(_ options: [Option<Key>], _ chosen: Key?, choose: @escaping @MainActor (Key) -> Void) {
        self.options = options
        self.chosen = chosen
        self.choose = choose
    }

    var body: some View {
        ForEach(options) { option in
            Button {
                choose(option.id)
            } label: {
                HStack {
                    Image(systemName: option.id == chosen ? "largecircle.fill.circle" : "circle").accessibilityHidden(true)
                    Text(option.text)
                    Spacer()
                }
                .frame(minHeight: touchTarget)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            .accessibilityAddTraits(option.id == chosen ? .isSelected : [])
        }
    }
}

/// A line that is on or off as a whole.
struct SwitchRow: View {
    private let text: String
    private let on: Bool
    private let detail: String?
    private let change: @MainActor (Bool) -> Void

    init(_ text: String, _ on: Bool, detail: String? = nil, change: @escaping @MainActor (Bool) -> Void) {
        self.text = text
        self.on = on
        self.detail = detail
        self.change = change
    }

    var body: some View {
        Toggle(isOn: bound(on, change)) {
            VStack(alignment: .leading) {
                Text(text)
                if let detail { Small(detail) }
            }
        }
        .frame(minHeight: touchTarget)
    }
}

/// A value that a model holds, with the intent that changes it.
@MainActor
func bound<Value: Sendable>(_ value: Value, _ change: @escaping @MainActor (Value) -> Void) -> Binding<Value> {
    Binding(get: { @MainActor in value }, set: { @MainActor in change($0) })
}
