import KitConfig
import Testing

@Suite struct EmptyKitTests {
    @Test(arguments: ["", "\n", "# nothing\n", "---\n", "null\n", "~\n"])
    func anEmptyConfigurationIsNamedAsSuch(text: String) throws {
        let problems = try #require(throws: KitProblems.self) {
            try KitLoader().load([KitSource(name: "kit.yml", text: text)])
        }
        #expect(problems.problems.count == 1)
        #expect(problems.description.contains("the configuration is empty"))
    }

    @Test func anEmptyMappingIsAKitWithNothingInIt() throws {
        #expect(try KitLoader().load([KitSource(name: "kit.yml", text: "{}")]).kit == Kit())
    }
}
