/// A command line that ends with a message, and what must lie in the directory it is run in.
struct MessageCase: Sendable {
    var title: String
    /// Words; those with blanks in them stand between single quotes, as in a shell.
    var command: String
    var files: [String: String] = [:]
    /// A shell script, run beforehand in the directory, for what is no text.
    var setup = ""
    var input = ""
    var environment: [String: String] = [:]

    init(
        _ title: String, _ command: String, _ files: [String: String] = [:], setup: String = "",
        input: String = "", environment: [String: String] = [:]
    ) {
        (self.title, self.command, self.files) = (title, command, files)
        (self.setup, self.input, self.environment) = (setup, input, environment)
    }

    /// The command's words, quotes resolved.
    var arguments: [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in command {
            if character == "'" {
                isQuoted.toggle()
                word = word ?? ""
            } else if character == " ", !isQuoted {
                if let complete = word { words.append(complete) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    /// A configuration that is refused.
    static func kit(_ title: String, _ text: String) -> MessageCase {
        MessageCase(title, "build --offline --cache cache --arch amd64 kit.yml", ["kit.yml": text])
    }

    /// Command lines that are refused for what they say alone.
    static func usage(_ command: String, _ rest: [String]) -> [MessageCase] {
        rest.map { words in
            let whole = [command, words].filter { !$0.isEmpty }.joined(separator: " ")
            return MessageCase(command.isEmpty ? "wrong usage" : "wrong usage of \(command)", whole)
        }
    }

    /// Builds of what is in the cache.
    static func builds(_ title: String, _ rest: [String]) -> [MessageCase] {
        rest.map { MessageCase(title, "build --offline --cache cache --arch amd64 \($0)") }
    }

    static func kits(_ kits: [(title: String, text: String)]) -> [MessageCase] {
        kits.map { kit($0.title, $0.text) }
    }

    static func list(_ parts: [MessageCase]...) -> [MessageCase] { parts.flatMap { $0 } }
}
