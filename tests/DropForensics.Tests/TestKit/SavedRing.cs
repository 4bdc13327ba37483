using System.Text;
using DropForensics.Core.RingPages;

namespace DropForensics.Tests.TestKit;

/// <summary>What tests/kernels/guest/ring saved of one ring: the kernel's own text of it, and its pages with all that text is made from.</summary>
internal sealed class SavedRing(string directory)
{
    public IEnumerable<int> Cpus => Directory.EnumerateFiles(directory, "pages.*").Select(file => int.Parse(Path.GetExtension(file).AsSpan(1))).Order();

    public RingEvents Events(string? attachedTo = null) => new()
    {
        HeaderPage = Bytes("header_page"),
        HeaderEvent = Bytes("header_event"),
        Events = [(Bytes("format"), attachedTo)],
        KernelStack = Bytes("kernel_stack"),
        TraceHeader = Bytes("trace_header"),
        HashesPointers = Encoding.ASCII.GetString(Bytes("trace_options")).Split('\n').Contains("hash-ptr"),
    };

    public PageRenderer? Renderer(string? attachedTo, out string refusal) => PageRenderer.TryMake(
        Events(attachedTo), () => File.OpenRead(Path.Combine(directory, "kallsyms")), () => null, () => Bytes("saved_cmdlines"), out refusal);

    /// <summary>What the kernel printed, the lines of the file's legend apart.</summary>
    public byte[] Text(int cpu) => Bytes($"text.{cpu}");

    public byte[] Pages(int cpu) => Bytes($"pages.{cpu}");

    public byte[] Rendered(PageRenderer renderer, int cpu)
    {
        var lines = new LineBuffer();
        foreach (var page in Pages(cpu).Chunk(renderer.PageBytes)) renderer.Render(lines, cpu, page);
        return lines.Written.ToArray();
    }

    private byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(directory, name));
}
