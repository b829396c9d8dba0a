import Qadam

public struct ContactEditState: Equatable, Codable, Sendable {
    public var name = ""
    public var phone = ""
    public var email = ""
    /// Day and month, as `17.05`; empty where it is not known.
    public var birthday = ""
    public var note = ""

    public init(name: String = "", phone: String = "", email: String = "", birthday: String = "", note: String = "") {
        self.name = name
        self.phone = phone
        self.email = email
        self.birthday = birthday
        self.note = note
    }
}

/// A new contact, or the fields of one that is there; what was typed survives in the saved state.
@MainActor
public final class ContactEditViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let id: String?
    private let saved: SavedState
    private let before: Query<ContactEditState>

    public init(_ qadam: Qadam, _ id: String?, _ saved: SavedState) {
        self.qadam = qadam
        self.id = id
        self.saved = saved
        before = Query { query in
            guard let id, query.load.value == nil else { return }
            let contact = try await qadam.contacts.current(id: id)
            query.show(ContactEditState(
                name: contact.name,
                phone: contact.phone,
                email: contact.email,
                birthday: contact.birthday.map(turned) ?? "",
                note: contact.note
            ))
        }
        super.init([before])
    }

    public var state: ContactEditState {
        saved.get("typed") ?? before.load.value ?? ContactEditState()
    }

    /// Why the contact can't be edited, where it can't.
    public var problem: QadamError? { before.load.problem }

    public func change(_ state: ContactEditState) {
        saved.set("typed", state)
    }

    /// Somebody of the phone's own book was chosen; what it does not say is empty, and stays as it was typed. A birthday is written `05-17`.
    public func picked(name: String, phone: String, email: String, birthday: String) {
        var form = state
        if !name.isEmpty { form.name = name }
        if !phone.isEmpty { form.phone = phone }
        if !email.isEmpty { form.email = email }
        if !birthday.isEmpty { form.birthday = turned(birthday) }
        change(form)
    }

    /// Only what was changed is written, so that it leaves alone what another device wrote meanwhile.
    @discardableResult
    public func save(_ then: @escaping @MainActor (String) -> Void) -> Task<Void, Never> {
        let now = state
        let before = before.load.value ?? ContactEditState()
        return act { [self] in
            func changed(_ field: KeyPath<ContactEditState, String>) -> String? {
                let text = now[keyPath: field].trimmed
                return id == nil || text != before[keyPath: field] ? text : nil
            }
            let birthday = changed(\.birthday).map(turned)
            let edit = ContactEdit(
                name: changed(\.name),
                phone: changed(\.phone),
                email: changed(\.email),
                note: changed(\.note),
                birthday: id == nil && birthday == "" ? nil : birthday
            )
            if let id {
                try await qadam.contacts.edit(id: id, edit)
                then(id)
            } else {
                then(try await qadam.contacts.add(edit))
            }
        }
    }
}

/// `17.05` of `05-17`, and back; what is neither stays as it is, for the core to judge.
private func turned(_ day: String) -> String {
    func padded(_ part: Substring) -> String { String(repeating: "0", count: max(2 - part.count, 0)) + part }
    let dotted = day.split(separator: ".", omittingEmptySubsequences: false)
    if dotted.count > 1 { return "\(padded(dotted[1]))-\(padded(dotted[0]))" }
    let dashed = day.split(separator: "-", omittingEmptySubsequences: false)
    return dashed.count > 1 ? "\(dashed[1]).\(dashed[0])" : day
}
