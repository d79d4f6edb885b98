// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run_list/queue_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <algorithm>

#include "ui/services/app_context.h"
#include "ui/services/run_feed.h"
#include "ui/services/run_keeper.h"

namespace switchyard::ui {

QueueBar::QueueBar(AppContext& context, QWidget* parent)
    : QWidget(parent), context_(context), count_(new QLabel), at_once_(new QSpinBox), hold_(new QPushButton) {
    setObjectName(QStringLiteral("queueBar"));
    setAttribute(Qt::WA_StyledBackground);
    setProperty("dockTitle", true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 8, 4);
    row->setSpacing(6);
    count_->setProperty("small", true);
    at_once_->setObjectName(QStringLiteral("queueAtOnce"));
    at_once_->setRange(1, launch::kMostAtOnce);
    at_once_->setFixedWidth(52);
    at_once_->setKeyboardTracking(false);
    at_once_->setAccessibleName(tr("Runs at once"));
    at_once_->setToolTip(tr("Queued runs start while fewer runs of this folder than this are live"));
    auto* label = new QLabel(tr("at once"));
    label->setProperty("role", "muted");
    label->setProperty("small", true);
    hold_->setObjectName(QStringLiteral("queueHold"));
    hold_->setProperty("small", true);
    row->addWidget(count_, 1);
    row->addWidget(at_once_);
    row->addWidget(label);
    row->addWidget(hold_);
    connect(at_once_, &QSpinBox::valueChanged, this, [this] { apply(context_.keeper().queueSettings().held); });
    connect(hold_, &QPushButton::clicked, this, [this] { apply(!context_.keeper().queueSettings().held); });
    connect(&context_.runs(), &RunFeed::listChanged, this, &QueueBar::refresh);
    connect(&context_.keeper(), &RunKeeper::queueSettingsChanged, this, &QueueBar::refresh);
    refresh();
}

void QueueBar::apply(bool held) {
    context_.keeper().setQueueSettings({at_once_->value(), held});
}

void QueueBar::refresh() {
    const auto& list = context_.runs().statuses();
    const auto waiting = std::count_if(list.begin(), list.end(), [](const auto& run) { return run.queue_place > 0; });
    const launch::QueueSettings& settings = context_.keeper().queueSettings();
    setVisible(waiting > 0 || settings.held);
    count_->setText(settings.held ? tr("%1 queued, held").arg(waiting) : tr("%1 queued").arg(waiting));
    hold_->setText(settings.held ? tr("Go on") : tr("Hold"));
    hold_->setToolTip(settings.held ? tr("Start queued runs again")
                                    : tr("Start no queued run until this is pressed again; live runs go on"));
    const QSignalBlocker quiet(at_once_);
    if (!at_once_->hasFocus()) at_once_->setValue(settings.at_once);
}

}  // namespace switchyard::ui
