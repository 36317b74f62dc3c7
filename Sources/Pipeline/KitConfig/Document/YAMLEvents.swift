internal import CYaml

/// One event of libyaml's parser, before aliases are resolved.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(ConfigNode.Scalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    var kind: Kind
    var mark: YAMLMark
    /// The anchor of a scalar or collection, set by `&name`.
    var anchor: String?

    /// The length of a scalar's text in bytes.
    var byteCount: Int { if case .scalar(let scalar) = kind { scalar.text.utf8.count } else { 0 } }
}

/// An iterator over the events of a text.
final class YAMLEvents {
    private let text: YAMLText
    // libyaml keeps pointers to both.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let isReady: Bool

    init(_ text: YAMLText) {
        self.text = text
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        input = .allocate(capacity: max(1, text.utf8.count))
        _ = input.initialize(from: text.utf8)
        isReady = yaml_parser_initialize(parser) == 1
        guard isReady else { return }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, text.utf8.count)
    }

    deinit {
        if isReady { yaml_parser_delete(parser) }
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(YAMLFault) -> YAMLEvent {
        guard isReady else { throw YAMLFault(mark: .start, message: "not enough memory to read it") }
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw fault() }
        defer { yaml_event_delete(&event) }
        let (kind, anchor) = Self.read(event)
        return YAMLEvent(kind: kind, mark: Self.mark(event.start_mark), anchor: anchor)
    }

    private static func read(_ event: yaml_event_t) -> (YAMLEvent.Kind, anchor: String?) {
        switch event.type {
        case YAML_STREAM_START_EVENT: return (.streamStart, nil)
        case YAML_DOCUMENT_START_EVENT: return (.documentStart, nil)
        case YAML_DOCUMENT_END_EVENT: return (.documentEnd, nil)
        case YAML_ALIAS_EVENT: return (.alias(string(event.data.alias.anchor) ?? ""), nil)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            // The tag `!` alone makes any scalar a string (YAML 1.2.2, section 6.9.1).
            let tag = string(scalar.tag).map { $0 == "!" ? ResolvedScalar.tagPrefix + "str" : $0 } ?? ""
            let content = ConfigNode.Scalar(
                text: String(decoding: value, as: UTF8.self),
                isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, tag: tag)
            return (.scalar(content), string(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT: return (.sequenceStart, string(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, nil)
        case YAML_MAPPING_START_EVENT: return (.mappingStart, string(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return (.mappingEnd, nil)
        // libyaml has no events after the end of the stream.
        default: return (.streamEnd, nil)
        }
    }

    private static func string(_ pointer: UnsafePointer<yaml_char_t>?) -> String? {
        pointer.map { String(decoding: UnsafeBufferPointer(start: $0, count: length($0)), as: UTF8.self) }
    }

    private static func length(_ pointer: UnsafePointer<yaml_char_t>) -> Int {
        var length = 0
        while pointer[length] != 0 { length += 1 }
        return length
    }

    private static func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    /// The error at which libyaml stopped, reworded.
    private func fault() -> YAMLFault {
        switch parser.pointee.error {
        case YAML_MEMORY_ERROR: return YAMLFault(mark: .start, message: "not enough memory to read it")
        case YAML_READER_ERROR:
            let mark = text.mark(atByte: Int(parser.pointee.problem_offset))
            return YAMLFault(
                mark: mark, message: YAMLComplaint.forbiddenCharacter(Int(parser.pointee.problem_value)))
        default:
            let mark = Self.mark(parser.pointee.problem_mark)
            let complaint = YAMLComplaint(
                problem: parser.pointee.problem.map { String(cString: $0) } ?? "malformed text",
                context: parser.pointee.context.map { String(cString: $0) },
                contextLine: Self.mark(parser.pointee.context_mark).line)
            return YAMLFault(mark: mark, message: complaint.sentence(at: mark, in: text))
        }
    }
}
