import Foundation
import Host
import TestSupport
import Testing

/// What people read when something is wrong: `Tests/Golden/messages.txt` has every message as the executable says
/// it, and changes only by `make golden`.
@Suite struct MessageTests {
    @Test("Every message is, word for word, what was agreed")
    func goldenMessages() throws {
        let run = try MessageRun()
        var sections: [String] = []
        for message in MessageCases.all {
            let section = try run.text(of: message)
            #expect(section.contains("\n| "), "nothing is said: \(section)")
            sections.append(section)
        }
        let text = sections.joined(separator: "\n")
        let path = "\(Conformance.root)/Tests/Golden/messages.txt"
        if HostEnvironment.variable("IDENTIKIT_UPDATE_GOLDEN") == "1" {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        guard let golden = try? String(contentsOfFile: path, encoding: .utf8) else {
            Issue.record("\(path) is missing; make golden writes it")
            return
        }
        let difference = LineDifference.text(from: golden, to: text)
        #expect(
            golden == text,
            "messages changed (-: in the file, +: said now); make golden writes them\n\(difference)")
    }

    @Test("No command line is tried twice with the same files")
    func distinct() {
        var seen: Set<String> = []
        for message in MessageCases.all {
            let files = message.files.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let environment = message.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let key = ([message.command, message.setup, message.input] + files + environment)
                .joined(separator: "\u{0}")
            #expect(seen.insert(key).inserted, "\(message.title): \(message.command)")
        }
    }
}
