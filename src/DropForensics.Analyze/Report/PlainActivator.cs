using Microsoft.AspNetCore.Components;

namespace DropForensics.Analyze.Report;

/// <summary>Makes the page's components by their constructors, which ask for nothing: by itself the renderer compiles code for each.</summary>
internal sealed class PlainActivator : IComponentActivator
{
    /// <inheritdoc/>
    public IComponent CreateInstance(Type componentType) => (IComponent)(Activator.CreateInstance(componentType)
        ?? throw new InvalidOperationException($"{componentType} is no component"));
}
