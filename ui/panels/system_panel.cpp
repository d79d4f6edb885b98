// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/system_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/models/run_words.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kGiB = 1024.0 * 1024 * 1024;
constexpr double kNever = 2, kMemoryWarns = 0.92, kDiskWarns = 0.95;

QString ofGiB(double used, double all) {
    return SystemPanel::tr("%1 of %2 GiB").arg(number(used / kGiB, 1), number(all / kGiB, all < 100 * kGiB ? 1 : 0));
}

QString percent(double share) {
    return SystemPanel::tr("%1 %").arg(number(share * 100, 0));
}

QLabel* title(const QString& text) {
    auto* label = new QLabel(text);
    label->setFont(Theme::instance().font(TextRole::kTitle));
    return label;
}

QLabel* caption() {
    auto* label = new QLabel;
    label->setProperty("role", "caption");
    label->setWordWrap(true);
    return label;
}

}  // namespace

LoadRow::LoadRow(const QString& name, QWidget* parent)
    : QWidget(parent), name_(new QLabel), value_(new QLabel), bar_(new ProgressBarThin) {
    name_->setProperty("role", "muted");
    value_->setFont(Theme::instance().font(TextRole::kMono));
    auto* words = new QHBoxLayout;
    words->setContentsMargins(0, 0, 0, 0);
    words->addWidget(name_);
    words->addStretch(1);
    words->addWidget(value_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(words);
    column->addWidget(bar_);
    setName(name);
}

void LoadRow::setName(const QString& name) {
    name_->setText(name);
    setAccessibleName(name);
}

void LoadRow::setLoad(const QString& value, double share, double warn_at) {
    value_->setText(value);
    setAccessibleDescription(value);
    bar_->setValue(share);
    bar_->setColor(share > warn_at ? Theme::instance().palette().warning : QColor());
}

QString LoadRow::value() const {
    return value_->text();
}

SystemPanel::SystemPanel(QWidget* parent) : QWidget(parent) {
    setProperty("panel", true);
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("System"));
    column_ = new QVBoxLayout(this);
    column_->setContentsMargins(12, 12, 12, 12);
    column_->setSpacing(10);
    cpu_ = new LoadRow(tr("CPU"));
    memory_ = new LoadRow(tr("Memory"));
    disk_ = new LoadRow(tr("Disk of the runs"));
    disk_rates_ = caption();
    disk_rates_->hide();
    no_gpu_ = caption();
    no_gpu_->setText(tr("Reading"));
    column_->addWidget(cpu_);
    column_->addWidget(memory_);
    column_->addWidget(disk_);
    column_->addWidget(disk_rates_);
    column_->addSpacing(6);
    column_->addWidget(title(tr("GPUs")));
    column_->addWidget(no_gpu_);
    column_->addStretch(1);
}

void SystemPanel::placeGpus(std::size_t count) {
    while (gpus_.size() > count) {
        for (QWidget* part : {static_cast<QWidget*>(gpus_.back().title), static_cast<QWidget*>(gpus_.back().busy),
                              static_cast<QWidget*>(gpus_.back().memory), static_cast<QWidget*>(gpus_.back().caption)})
            part->deleteLater();
        gpus_.pop_back();
    }
    while (gpus_.size() < count) {
        Gpu gpu{new ElidedLabel, caption(), new LoadRow(tr("Busy")), new LoadRow(tr("Memory"))};
        for (QWidget* part : {static_cast<QWidget*>(gpu.title), static_cast<QWidget*>(gpu.busy),
                              static_cast<QWidget*>(gpu.memory), static_cast<QWidget*>(gpu.caption)})
            column_->insertWidget(column_->count() - 1, part);
        gpus_.push_back(gpu);
    }
}

void SystemPanel::setLoad(const SystemLoad& load) {
    cpu_->setName(tr("CPU, %1 cores").arg(load.cores));
    cpu_->setLoad(percent(load.cpu), load.cpu, kNever);
    memory_->setLoad(ofGiB(load.memory_used, load.memory), load.memory > 0 ? load.memory_used / load.memory : 0,
                     kMemoryWarns);
    disk_->setVisible(load.disk > 0);
    if (load.disk > 0) disk_->setLoad(ofGiB(load.disk_used, load.disk), load.disk_used / load.disk, kDiskWarns);
    disk_rates_->setVisible(load.disk > 0 && load.disk_read >= 0);
    disk_rates_->setText(
        tr("reads %1/s, writes %2/s").arg(bytes(std::max(0.0, load.disk_read)), bytes(std::max(0.0, load.disk_write))));
    no_gpu_->setVisible(load.gpus.empty());
    no_gpu_->setText(load.gpu_problem);
    placeGpus(load.gpus.size());
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
        const GpuLoad& gpu = load.gpus[i];
        static_cast<ElidedLabel*>(gpus_[i].title)
            ->setFullText(QStringLiteral("%1  %2").arg(i).arg(QString::fromStdString(gpu.name)));
        gpus_[i].busy->setVisible(gpu.busy >= 0);
        gpus_[i].busy->setLoad(percent(gpu.busy), gpu.busy, kNever);
        gpus_[i].memory->setVisible(gpu.memory > 0);
        gpus_[i].memory->setLoad(ofGiB(gpu.memory_used, gpu.memory), gpu.memory > 0 ? gpu.memory_used / gpu.memory : 0,
                                 kMemoryWarns);
        QStringList words;
        if (gpu.celsius >= 0) words << tr("%1 °C").arg(number(gpu.celsius, 0));
        if (gpu.watts >= 0) words << tr("%1 W").arg(number(gpu.watts, 0));
        gpus_[i].caption->setVisible(!words.isEmpty());
        gpus_[i].caption->setText(words.join(QStringLiteral(", ")));
    }
}

QString SystemPanel::summary(const SystemLoad& load) {
    QStringList parts = {tr("CPU %1 %").arg(number(load.cpu * 100, 0))};
    double busy = 0, told = 0, used = 0, all = 0;
    for (const GpuLoad& gpu : load.gpus) {
        if (gpu.busy >= 0) busy += gpu.busy, ++told;
        if (gpu.memory > 0) used += gpu.memory_used, all += gpu.memory;
    }
    if (told == 1) parts << tr("GPU %1 %").arg(number(busy * 100, 0));
    if (told > 1) parts << tr("%1 GPUs, mean %2 %").arg(number(told, 0), number(busy / told * 100, 0));
    if (all > 0) parts << tr("GPU memory %1").arg(ofGiB(used, all));
    parts << tr("Memory %1").arg(ofGiB(load.memory_used, load.memory));
    return parts.join(QStringLiteral("     "));
}

}  // namespace switchyard::ui
