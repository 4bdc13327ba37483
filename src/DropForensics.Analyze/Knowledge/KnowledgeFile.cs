namespace DropForensics.Analyze.Knowledge;

/// <summary>Reads the format of knowledge.txt, which its head describes: blocks of lines "key value", apart by blank lines.</summary>
internal static class KnowledgeFile
{
    private static readonly string[] Keys = ["reason", "function", "in", "when", "kernels", "topic", "severity", "noise", "what", "cause", "check", "counters"];

    /// <summary>All entries, in order.</summary>
    /// <exception cref="InvalidDataException">With the number of the line that will not do.</exception>
    public static IReadOnlyList<KnowledgeEntry> Read(TextReader text)
    {
        var entries = new List<KnowledgeEntry>();
        var shared = new Dictionary<string, IReadOnlyList<KnownCheck>>();
        foreach (List<Line> block in Blocks(text))
        {
            if (block[0].Key == "checks") shared.Add(block[0].Value, block.Skip(1).Select(l => l.Is("check") ? Check(l) : throw l.Error("only checks stand in this block")).ToList());
            else entries.Add(Entry(block, shared));
        }

        return entries;
    }

    private static IEnumerable<List<Line>> Blocks(TextReader text)
    {
        List<Line> block = [];
        int number = 0;
        for (string? line = text.ReadLine(); line is not null; line = text.ReadLine())
        {
            number++;
            if (line.StartsWith('#')) continue;
            if (line.Length == 0)
            {
                if (block.Count > 0) yield return block;
                block = [];
            }
            else if (line[0] == ' ')
            {
                if (block.Count == 0) throw new Line("", line, number).Error("nothing to go on with");
                // A note of its own line keeps the two blanks before its #.
                block[^1] = block[^1] with { Value = block[^1].Value + (line.StartsWith("  #", StringComparison.Ordinal) ? "  " : " ") + line.Trim() };
            }
            else
            {
                string[] parts = line.Split(' ', 2);
                block.Add(new Line(parts[0], parts.Length == 2 ? parts[1].Trim() : "", number));
            }
        }

        if (block.Count > 0) yield return block;
    }

    private static KnowledgeEntry Entry(List<Line> block, Dictionary<string, IReadOnlyList<KnownCheck>> shared)
    {
        Line head = block[0];
        foreach (Line line in block)
        {
            if (!Keys.Contains(line.Key)) throw line.Error($"unknown key {line.Key}");
            if (line.Value.Length == 0) throw line.Error($"{line.Key} is empty");
        }

        Line One(string key) => block.Where(l => l.Is(key)).ToList() switch
        {
            [var line] => line,
            [] => throw head.Error($"{head.Value} has no {key}"),
            [_, var second, ..] => throw second.Error($"a second {key}"),
        };
        IReadOnlyList<Line> All(string key) => block.Where(l => l.Is(key)).ToList() is { Count: > 0 } lines ? lines : throw head.Error($"{head.Value} has no {key}");

        Line severity = One("severity"), kernels = One("kernels");
        string counters = One("counters").Value;
        return new KnowledgeEntry
        {
            IsReason = head.Is("reason") || (head.Is("function") ? false : throw head.Error("an entry begins with reason or function")),
            Names = All(head.Key).SelectMany(l => l.Value.Split(' ').Select(name => Name(name, l))).ToList(),
            In = block.Where(l => l.Is("in")).SelectMany(l => l.Value.Split(' ').Select(name => Name(name, l))).ToList(),
            When = block.Where(l => l.Is("when")).SelectMany(l => l.Value.Split(' ').Select(word => Condition.Parse(word) ?? throw l.Error($"no condition {word}"))).ToList(),
            Topic = One("topic").Value,
            Kernels = KernelRange.Parse(kernels.Value) ?? throw kernels.Error("kernels that cannot be read"),
            Severity = Enum.TryParse(severity.Value, ignoreCase: true, out Severity known) ? known : throw severity.Error("severity is harmless, depends or harmful"),
            IsNoise = block.Any(l => l.Is("noise")) && (One("noise").Value == "yes" ? true : throw One("noise").Error("noise is yes, or left out")),
            What = One("what").Value,
            Causes = All("cause").Select(l => l.Value).ToList(),
            Checks = All("check").SelectMany(l => !l.Value.StartsWith('@') ? [Check(l)]
                : shared.GetValueOrDefault(l.Value[1..]) ?? throw l.Error($"no block checks {l.Value[1..]} before it")).ToList(),
            Counters = counters == "none" ? [] : counters.Split(' '),
        };
    }

    private static KnownName Name(string text, Line line) => text.Split('@') switch
    {
        [var name] => new KnownName(name, null),
        [var name, var kernels] => new KnownName(name, KernelRange.Parse(kernels) ?? throw line.Error($"kernels of {name} that cannot be read")),
        _ => throw line.Error($"{text} is no name"),
    };

    private static KnownCheck Check(Line line) => line.Value.Split("  # ") switch
    {
        [var command, var shows] => new KnownCheck(command, shows),
        _ => throw line.Error("a check is a command, two blanks, # and what it shows"),
    };

    private sealed record Line(string Key, string Value, int Number)
    {
        public bool Is(string key) => Key == key;

        public InvalidDataException Error(string what) => new($"knowledge.txt, line {Number}: {what}");
    }
}
