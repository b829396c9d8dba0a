import Qadam

public struct ContactState: Sendable {
    /// `nil` once it was deleted, here or on another device.
    public let contact: ContactView?
}

@MainActor
public final class ContactViewModel: ScreenViewModel {
    private let qadam: Qadam
    private let id: String
    private let contact: Query<ContactView?>

    public init(_ qadam: Qadam, _ id: String) {
        self.qadam = qadam
        self.id = id
        contact = Query(qadam.contacts.contact(id: id))
        super.init([contact])
    }

    public var state: Load<ContactState> {
        Load.of { () throws(NotReady) in ContactState(contact: try contact.load.ready()) }
    }

    @discardableResult
    public func log(_ channel: Channel, note: String = "") -> Task<Void, Never> {
        act { [self] in try await qadam.contacts.logInteraction(contact: id, channel: channel, note: note) }
    }

    /// After so many days from today; without, there is none.
    @discardableResult
    public func followUp(_ days: Int?) -> Task<Void, Never> {
        act { [self] in try await qadam.contacts.edit(id: id, ContactEdit(followUp: days.map { day(inDays: $0) } ?? "")) }
    }

    @discardableResult
    public func doNotContact(_ on: Bool) -> Task<Void, Never> {
        act { [self] in try await qadam.contacts.edit(id: id, ContactEdit(doNotContact: on)) }
    }

    @discardableResult
    public func tag(_ text: String) -> Task<Void, Never> {
        act { [self] in try await qadam.contacts.tag(id: id, tag: text) }
    }

    @discardableResult
    public func untag(_ tag: String) -> Task<Void, Never> {
        act { [self] in try await qadam.contacts.untag(id: id, tagId: tag) }
    }

    /// Hands out the contact's card: name, phone and e-mail, and nothing of what was noted.
    @discardableResult
    public func share(_ platform: any Platform) -> Task<Void, Never> {
        act { [self] in
            let path = platform.outgoing("contact.vcf")
            try await qadam.contacts.card(id: id, path: path)
            platform.handOut(path)
        }
    }

    /// A later edit on another device revives it.
    @discardableResult
    public func delete(_ then: @escaping @MainActor () -> Void) -> Task<Void, Never> {
        act { [self] in
            try await qadam.contacts.delete(id: id)
            then()
        }
    }

    /// For good, everywhere.
    @discardableResult
    public func erase(_ then: @escaping @MainActor () -> Void) -> Task<Void, Never> {
        act { [self] in
            try await qadam.contacts.erase(id: id)
            then()
        }
    }
}
