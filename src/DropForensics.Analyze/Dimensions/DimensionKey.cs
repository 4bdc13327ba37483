namespace DropForensics.Analyze.Dimensions;

/// <summary>What tells one row of a dimension from another. Two keys are the same thing where they are equal; null is the unknown one, and no name.</summary>
public abstract record DimensionKey;

/// <summary>A thing of a dimension in which the name tells all apart.</summary>
public sealed record NameKey(string? Name) : DimensionKey;

/// <summary>A reason.</summary>
public sealed record ReasonKey(string? Name, string? Subsystem) : DimensionKey;

/// <summary>A deciding function and the reason of its drops.</summary>
public sealed record FunctionKey(string? Function, string? Module, string? Reason, string? Subsystem) : DimensionKey;

/// <summary>A driver, or the cause for which it is unknown.</summary>
public sealed record DriverKey(string? Driver, string? Rule, string? Candidates, string? Meaning) : DimensionKey;

/// <summary>A function that handed packets to the stack.</summary>
public sealed record EntryKey(string? Entry, string? Meaning) : DimensionKey;

/// <summary>An interface: in one capture by namespace and index, across captures by its name alone.</summary>
public sealed record InterfaceKey(long? Netns, int? IfIndex, string? Name) : DimensionKey;

/// <summary>A network namespace by its inode.</summary>
public sealed record NamespaceKey(long? Netns) : DimensionKey;

/// <summary>A stack by its id in the capture.</summary>
public sealed record StackKey(long Id) : DimensionKey;

/// <summary>A flow.</summary>
public sealed record FlowKey(string Ends, string Service, int? Vlan, string? Within) : DimensionKey;

/// <summary>What packets were for.</summary>
public sealed record ServiceKey(string Service) : DimensionKey;

/// <summary>Two hosts and what packets between them were for.</summary>
public sealed record ConversationKey(string Src, string Dst, string Service) : DimensionKey;

/// <summary>A CPU.</summary>
public sealed record CpuKey(int Cpu) : DimensionKey;

/// <summary>A task.</summary>
public sealed record TaskKey(int Pid, string Comm) : DimensionKey;

/// <summary>A value of skb->protocol.</summary>
public sealed record EtherTypeKey(int? EtherType) : DimensionKey;
