// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/config_summary.h"

#include <QCoreApplication>
#include <QStringList>
#include <functional>
#include <map>

#include "ui/models/key_words.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ConfigSummary)
};

QString whole(std::int64_t value) {
    return QString::number(value);
}
QString real(double value) {
    return QString::fromStdString(formatValue(KeySpec(), value));
}
/// 40, not 40.0: in a sentence, where nothing has to be read back.
QString shortReal(double value) {
    return QString::number(value, 'g', 6);
}

QString adapters(const RunConfig::Lora& lora) {
    return lora.rank == 0 ? Words::tr("off") : Words::tr("rank %1").arg(lora.rank);
}

template <class Blocks>
QString blocks(const Blocks& part) {
    return (part.layers == 1 ? Words::tr("1 layer") : Words::tr("%1 layers").arg(part.layers)) + QStringLiteral(", ") +
           Words::tr("%1 wide").arg(part.dim);
}

/// "crop 0.7, contrast 0.2": what differs from the defaults, by the key's own name.
QString changedOnes(const std::string& section, const RunConfig& config) {
    QStringList parts;
    for (const KeySpec* key : sectionKeys(section)) {
        if (key->get(config) == key->default_value) continue;
        const QString name = keyName(*key);
        const ConfigValue value = key->get(config);
        const bool* on = std::get_if<bool>(&value);
        if (on != nullptr)
            parts << (*on ? name : Words::tr("no %1").arg(name));
        else
            parts << name + u' ' + plainValue(value);
    }
    return parts.isEmpty() ? Words::tr("all at their defaults") : parts.join(QStringLiteral(", "));
}

QString trainLength(const RunConfig::Train& train) {
    return train.steps > 0
               ? (train.steps == 1 ? Words::tr("1 step") : Words::tr("%1 steps").arg(train.steps))
               : (train.epochs == 1 ? Words::tr("1 epoch") : Words::tr("%1 epochs").arg(shortReal(train.epochs)));
}

QString every(std::int64_t steps) {
    return steps == 0 ? Words::tr("only at the end")
                      : (steps == 1 ? Words::tr("every step") : Words::tr("every %1 steps").arg(steps));
}

using Summary = std::function<QString(const RunConfig&)>;

const std::map<std::string, Summary>& summaries() {
    static const std::map<std::string, Summary> kSummaries = {
        {"run",
         [](const RunConfig& c) {
             return QString::fromStdString(c.run.name) + QStringLiteral(", ") + Words::tr("seed %1").arg(c.run.seed);
         }},
        {"task",
         [](const RunConfig& c) {
             if (c.task.kind == TaskKind::kVqa) return Words::tr("questions, %1 answers at most").arg(c.task.answers);
             if (c.task.kind == TaskKind::kText) {
                 QStringList names;
                 for (const std::string& name : c.task.names) names << QString::fromStdString(name);
                 return names.isEmpty() ? Words::tr("text, no task yet") : names.join(QStringLiteral(", "));
             }
             return Words::tr("contrastive %1, matching %2")
                 .arg(shortReal(c.task.contrastive), shortReal(c.task.matching));
         }},
        {"model.text", [](const RunConfig& c) { return blocks(c.model.text); }},
        {"model.vision",
         [](const RunConfig& c) {
             return blocks(c.model.vision) + QStringLiteral(", ") + Words::tr("%1 px").arg(c.model.vision.image_size);
         }},
        {"model.text.lora", [](const RunConfig& c) { return adapters(c.model.text.lora); }},
        {"model.vision.lora", [](const RunConfig& c) { return adapters(c.model.vision.lora); }},
        {"model.fusion", [](const RunConfig& c) { return blocks(c.model.fusion); }},
        {"model.moe",
         [](const RunConfig& c) {
             const RunConfig::Moe& moe = c.model.moe;
             if (moe.experts == 0) return Words::tr("dense");
             return (moe.experts == 1 ? Words::tr("1 expert") : Words::tr("%1 experts").arg(moe.experts)) +
                    QStringLiteral(", ") + plainValue(findKey("model.moe.gate")->get(c)) +
                    QStringLiteral(", ") + Words::tr("%1 wide").arg(moe.hidden_dim);
         }},
        {"model.moe.losses",
         [](const RunConfig& c) {
             return Words::tr("balance %1, z %2")
                 .arg(shortReal(c.model.moe.losses.balance), shortReal(c.model.moe.losses.z));
         }},
        {"model", [](const RunConfig& c) { return Words::tr("%1 wide").arg(c.model.embed_dim); }},
        {"data",
         [](const RunConfig& c) {
             if (c.data.format == DataFormat::kSynthetic) return Words::tr("synthetic");
             const QString format = plainValue(findKey("data.format")->get(c));
             return c.data.root.empty() ? format : format + ", " + QString::fromStdString(c.data.root);
         }},
        {"data.image", [](const RunConfig& c) { return plainValue(findKey("data.image.fit")->get(c)); }},
        {"data.synthetic", [](const RunConfig& c) { return Words::tr("%1 samples").arg(c.data.synthetic.samples); }},
        {"optim",
         [](const RunConfig& c) {
             return plainValue(findKey("optim.name")->get(c)) + QStringLiteral(", lr ") + real(c.optim.lr);
         }},
        {"train",
         [](const RunConfig& c) {
             return trainLength(c.train) + QStringLiteral(", ") + Words::tr("batch %1").arg(c.train.global_batch);
         }},
        {"parallel",
         [](const RunConfig& c) {
             return (c.parallel.ranks == 1 ? Words::tr("1 rank") : Words::tr("%1 ranks").arg(c.parallel.ranks)) +
                    QStringLiteral(", ") + plainValue(findKey("parallel.device")->get(c));
         }},
        {"checkpoint",
         [](const RunConfig& c) {
             return every(c.checkpoint.every) + QStringLiteral(", ") + Words::tr("keep %1").arg(c.checkpoint.keep);
         }},
        {"log", [](const RunConfig& c) { return every(c.log.every); }},
        {"eval", [](const RunConfig& c) { return c.eval.tasks.empty() ? Words::tr("off") : every(c.eval.every); }},
        {"probe", [](const RunConfig& c) { return c.probe.every == 0 ? Words::tr("off") : every(c.probe.every); }},
    };
    return kSummaries;
}

}  // namespace

QString sectionSummary(const std::string& section, const RunConfig& config) {
    // Text tasks have no pictures, whatever these sections say.
    const bool of_pictures = section.starts_with("model.vision") || section.starts_with("model.fusion") ||
                             section == "data.synthetic";
    if (config.task.kind == TaskKind::kText && of_pictures) return Words::tr("not used");
    const auto found = summaries().find(section);
    return found != summaries().end() ? found->second(config) : changedOnes(section, config);
}

std::string sectionOf(const std::string& path) {
    const SectionSpec* best = nullptr;
    for (const SectionSpec& section : schemaSections()) {
        const std::size_t size = section.path.size();
        const bool below = path.size() > size && path[size] == '.' && path.compare(0, size, section.path) == 0;
        if (below && (best == nullptr || size > best->path.size())) best = &section;
    }
    return best == nullptr ? std::string() : best->path;
}

std::vector<const KeySpec*> sectionKeys(const std::string& section) {
    std::vector<const KeySpec*> keys;
    for (const KeySpec& key : schema()) {
        if (sectionOf(key.path) == section) keys.push_back(&key);
    }
    return keys;
}

QString plainValue(const ConfigValue& value) {
    struct Printer {
        QString operator()(bool v) const { return v ? Words::tr("on") : Words::tr("off"); }
        QString operator()(std::int64_t v) const { return whole(v); }
        QString operator()(double v) const { return real(v); }
        QString operator()(const std::string& v) const { return QString::fromStdString(v); }
        QString operator()(const std::vector<double>& list) const {
            QStringList parts;
            for (const double v : list) parts << real(v);
            return parts.join(QStringLiteral(", "));
        }
        QString operator()(const std::vector<std::string>& list) const {
            QStringList parts;
            for (const std::string& v : list) parts << QString::fromStdString(v);
            return parts.join(QStringLiteral(", "));
        }
    };
    return std::visit(Printer{}, value);
}

std::vector<std::string> scalarsOf(const ConfigValue& value) {
    struct Lister {
        std::vector<std::string> operator()(bool v) const { return {v ? "true" : "false"}; }
        std::vector<std::string> operator()(std::int64_t v) const { return {std::to_string(v)}; }
        std::vector<std::string> operator()(double v) const { return {real(v).toStdString()}; }
        std::vector<std::string> operator()(const std::string& v) const { return {v}; }
        std::vector<std::string> operator()(const std::vector<double>& list) const {
            std::vector<std::string> scalars;
            for (const double v : list) scalars.push_back(real(v).toStdString());
            return scalars;
        }
        std::vector<std::string> operator()(const std::vector<std::string>& list) const { return list; }
    };
    return std::visit(Lister{}, value);
}

}  // namespace switchyard::ui
