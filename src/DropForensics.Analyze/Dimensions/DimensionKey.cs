using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Dimensions;

/// <summary>
/// Identifies a row of a dimension: equal keys are the same thing. Null is the unknown one, not a name. A key also says what it is called in a sentence,
/// and which fields a program gets.
/// </summary>
public abstract record DimensionKey
{
    /// <summary>As a sentence about its drops begins: <c>CPU 3</c>. Backticks mark names as the kernel spells them.</summary>
    internal abstract string Words { get; }

    /// <summary>Its fields in a JSON document; the first is <c>kind</c>.</summary>
    internal abstract IReadOnlyList<(string Name, object? Value)> Fields { get; }


}

/// <summary>A thing that its name identifies.</summary>
/// <param name="Kind">What it is a name of: <c>direction</c>.</param>
public sealed record NameKey(string Kind, string? Name) : DimensionKey
{
    internal override string Words => Name is null ? $"Unknown {Kind}" : $"{char.ToUpperInvariant(Kind[0])}{Kind[1..]} {Name}";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", Kind), ("name", Name)];
}

/// <summary>A reason.</summary>
public sealed record ReasonKey(string? Name, string? Subsystem) : DimensionKey
{
    internal override string Words => Name is null ? "No reason" : $"Reason `{Name}`";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "reason"), ("reason", Name), ("subsystem", Subsystem)];
}

/// <summary>A deciding function and the reason of its drops.</summary>
public sealed record FunctionKey(string? Function, string? Module, string? Reason, string? Subsystem) : DimensionKey
{
    internal override string Words => $"{(Function is null ? "Unknown function" : $"Function `{Function}`")}{(Reason is null ? "" : $", `{Reason}`")}";

    internal override IReadOnlyList<(string Name, object? Value)> Fields =>
        [("kind", "function"), ("function", Function), ("module", Module), ("reason", Reason), ("subsystem", Subsystem)];
}

/// <summary>A driver, or the cause for which it is unknown.</summary>
public sealed record DriverKey(string? Driver, string? Rule, string? Candidates, string? Meaning) : DimensionKey
{
    internal override string Words => Driver is null ? "Unknown driver" : $"`{Driver}`";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "driver"), ("driver", Driver)];
}

/// <summary>A function that handed packets to the stack.</summary>
public sealed record EntryKey(string? Entry, string? Meaning) : DimensionKey
{
    internal override string Words => Entry is null ? "Unknown entry" : $"Entry `{Entry}`";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "entry"), ("entry", Entry)];
}

/// <summary>An interface: in one capture by namespace and index, across captures by its name alone.</summary>
public sealed record InterfaceKey(long? Netns, int? IfIndex, string? Name) : DimensionKey
{
    internal override string Words => Name is null ? "Unknown interface" : $"`{Name}`{(IfIndex is null ? "" : $", index {IfIndex} in namespace {Netns}")}";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "interface"), ("interface", Name), ("ifindex", IfIndex), ("netns", Netns)];
}

/// <summary>A network namespace by its inode.</summary>
public sealed record NamespaceKey(long? Netns) : DimensionKey
{
    internal override string Words => Netns is null ? "Unknown namespace" : $"Namespace {Netns}";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "namespace"), ("netns", Netns)];
}

/// <summary>Who owns a packet's socket.</summary>
public sealed record OwnerKey(string? Name) : DimensionKey
{
    internal override string Words => Name is null ? "No socket" : $"Owner `{Name}`";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "owner"), ("owner", Name)];
}

/// <summary>A stack by its id in the capture.</summary>
public sealed record StackKey(long Id) : DimensionKey
{
    internal override string Words => $"Stack {Id}";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "stack"), ("stack_id", Id)];
}

/// <summary>A flow.</summary>
public sealed record FlowKey(string Ends, string Service, int? Vlan, string? Within) : DimensionKey
{
    internal override string Words => $"Flow {string.Join(", ", new[] { Ends, Service, FlowWords.Tag(Vlan), Within }.OfType<string>())}";

    internal override IReadOnlyList<(string Name, object? Value)> Fields =>
        [("kind", "flow"), ("flow", Ends), ("service", Service), ("vlan", Vlan), ("within", Within)];
}

/// <summary>What packets were for.</summary>
public sealed record ServiceKey(string Service) : DimensionKey
{
    internal override string Words => Service;

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "service"), ("service", Service)];
}

/// <summary>Two hosts and what packets between them were for.</summary>
public sealed record ConversationKey(string Src, string Dst, string Service) : DimensionKey
{
    internal override string Words => $"{Src} → {Dst}, {Service}";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "conversation"), ("src", Src), ("dst", Dst), ("service", Service)];
}

/// <summary>A CPU.</summary>
public sealed record CpuKey(int Cpu) : DimensionKey
{
    internal override string Words => $"CPU {Cpu}";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "cpu"), ("cpu", Cpu)];
}

/// <summary>A task.</summary>
public sealed record TaskKey(int Pid, string Comm) : DimensionKey
{
    internal override string Words => $"`{Comm}`, thread {Pid}";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "process"), ("pid", Pid), ("comm", Comm)];
}

/// <summary>A value of skb->protocol.</summary>
public sealed record EtherTypeKey(int? EtherType) : DimensionKey
{
    internal override string Words => EtherType is { } type ? $"Protocol {EtherTypes.NameOf(type) ?? EtherTypes.Number(type)}" : "Unknown protocol";

    internal override IReadOnlyList<(string Name, object? Value)> Fields => [("kind", "protocol"), ("ethertype", EtherType)];
}
