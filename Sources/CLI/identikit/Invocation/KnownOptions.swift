import ArgumentParser

/// The options that a command has, as its help lists them.
struct KnownOptions {
    private var flags: Set<String> = []
    private var valued: Set<String> = []
    /// False if the arguments name no command that does something.
    let isKnown: Bool
    /// The command's words: `pkg build`.
    let path: String

    /// Of the command that `arguments` begin with.
    init(of arguments: [String]) {
        var command: any ParsableCommand.Type = Identikit.self
        var words: [String] = []
        for argument in arguments {
            let below = command.configuration.subcommands
            guard let next = below.first(where: { $0.name == argument }) else { break }
            command = next
            words.append(argument)
        }
        path = words.joined(separator: " ")
        // `run PATH` means `run qemu PATH`.
        if let usual = command.configuration.defaultSubcommand { command = usual }
        isKnown = command.configuration.subcommands.isEmpty
        guard isKnown else { return }
        // Wide enough that an option and its value stand in one line.
        for line in Identikit.helpMessage(for: command, columns: 400).split(separator: "\n") {
            take(line)
        }
    }

    /// `  -f, --format <name>     What it is.`
    private mutating func take(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.first?.hasPrefix("-") == true else { return }
        let names = words.prefix { $0.hasPrefix("-") }
        let hasValue = words.dropFirst(names.count).first?.hasPrefix("<") == true
        // Flags with an opposite stand together: `--uefi/--no-uefi`.
        for name in names.flatMap({ $0.split(separator: "/") }) {
            let name = String(name.last == "," ? name.dropLast() : name)
            if hasValue { valued.insert(name) } else { flags.insert(name) }
        }
    }

    /// Those that some command of the group `name` takes with a value; nil if it is not a group.
    static func valued(inGroup name: String?) -> Set<String>? {
        guard let group = Identikit.configuration.subcommands.first(where: { $0.name == name }),
            !group.configuration.subcommands.isEmpty
        else { return nil }
        return group.configuration.subcommands.reduce(into: []) { options, command in
            options.formUnion(KnownOptions(of: [group.name, command.name]).valued)
        }
    }

    func hasFlag(_ name: String) -> Bool { flags.contains(name) }

    func takesValue(_ name: String) -> Bool { valued.contains(name) }
}

extension ParsableCommand {
    fileprivate static var name: String { configuration.commandName ?? "" }
}
