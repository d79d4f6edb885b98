// SPDX-License-Identifier: GPL-3.0-or-later
// What the main window asks of a page, and what a page tells the inspector.
#pragma once

#include <QColor>
#include <QList>
#include <QString>
#include <QStringList>
#include <QWidget>

#include "ui/services/app_context.h"

namespace switchyard::ui {

/// One block of lines in the inspector.
struct InspectorSection {
    struct Line {
        QString name, value, second;  ///< numbers as text; `second` may be empty
        QColor swatch;                ///< invalid = none
    };
    QString title;
    QStringList columns;  ///< heads of the columns, empty = none
    QList<Line> lines;
};

/// What the inspector shows of a page's selection.
struct Inspection {
    QString heading, caption;
    QList<InspectorSection> sections;
};

/// A page of the centre, made when it is first shown. Thread: GUI thread.
class Page : public QWidget {
    Q_OBJECT
public:
    explicit Page(AppContext& context, QWidget* parent = nullptr) : QWidget(parent), context_(context) {}
    /// Widgets at the right of the page bar while this page is current; nullptr = none. Asked once; the
    /// window owns the widget from then on.
    virtual QWidget* pageActions() { return nullptr; }
    /// A panel that stands in the left dock as a tab beside the runs while this page is current; nullptr = none.
    /// Asked once, owned by the window; its windowTitle() is the tab's.
    virtual QWidget* sidePanel() { return nullptr; }
    /// A panel for the right dock while this page is current, in place of the inspector that inspect() fills;
    /// nullptr = the inspector when inspect() was emitted, else no right dock. Asked once, owned by the window;
    /// its windowTitle() is the dock's.
    virtual QWidget* inspectorPanel() { return nullptr; }
    /// Shows where an alarm of the selected run was raised, once its records are there.
    virtual void goTo(const health::Alarm& /*alarm*/) {}
    /// Shows a sample under a checkpoint; Routing does.
    virtual void takeSample(const SampleRequest& /*request*/) {}
    /// Name of what would be lost if the window closed now, "" = nothing.
    virtual QString unsavedWork() const { return {}; }

Q_SIGNALS:
    void inspect(const switchyard::ui::Inspection& inspection);

protected:
    AppContext& context() const { return context_; }

private:
    AppContext& context_;
};

}  // namespace switchyard::ui
