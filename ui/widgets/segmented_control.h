// SPDX-License-Identifier: GPL-3.0-or-later
// A few choices of which exactly one holds, side by side in one frame.
#pragma once

#include <QStringList>
#include <QWidget>

class QButtonGroup;

namespace switchyard::ui {

/// Thread: GUI thread.
class SegmentedControl : public QWidget {
    Q_OBJECT
public:
    explicit SegmentedControl(const QStringList& labels, QWidget* parent = nullptr);
    int current() const;
    void setCurrent(int index);  ///< emits changed() when it differs
    void setLabel(int index, const QString& label);
    void setChoiceVisible(int index, bool visible);
    /// A choice that can not be taken now; `why` is its tooltip.
    void setChoiceEnabled(int index, bool enabled, const QString& why = {});

Q_SIGNALS:
    void changed(int index);

private:
    void markEnds();

    QButtonGroup* group_;
};

}  // namespace switchyard::ui
