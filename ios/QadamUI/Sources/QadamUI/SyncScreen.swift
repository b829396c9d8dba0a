import Qadam
import QadamModels
import SwiftUI

struct SyncScreen: View {
    @State private var model: SyncViewModel
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language

    init(_ qadam: Qadam) {
        _model = State(initialValue: SyncViewModel(qadam))
    }

    var body: some View {
        Screen(texts.syncTitle, model.state, model) { state in
            let status = state.status
            VStack(alignment: .leading, spacing: 6) {
                Text(texts.of(status.state, language)).font(.headline)
                Text(status.pending == 0 ? texts.syncNothingWaits : texts.syncWaits(count: Int64(status.pending)))
                if status.kept > 0 { Text(texts.syncKept(count: Int64(status.kept))) }
                Small(status.lastSuccess.map { texts.syncLast(time: time($0, language)) } ?? texts.syncNever)
                ForEach(status.setAside, id: \.self) { Text(texts.syncSetAside(file: $0)) }
            }
            if !state.refusals.isEmpty { Headline(texts.syncRefusals) }
            ForEach(state.refusals, id: \.id) { refusal in
                VStack(alignment: .leading, spacing: 6) {
                    Text(texts.of(refusal.subject)).font(.headline)
                    Text(texts.of(refusal.reason))
                    Small(time(refusal.at, language))
                    Quiet(texts.refusalDismiss) { model.dismiss(refusal.id) }
                }
            }
        } bottom: { _ in
            Primary(texts.syncNow) { model.now() }
        }
    }
}
