"use strict";
(function(){
  document.documentElement.classList.add("script");
  var all=function(s,r){return Array.prototype.slice.call((r||document).querySelectorAll(s));};
  function set(veil,open){
    veil.classList.toggle("closed",!open);
    var text=veil.querySelector(".text"),button=veil.querySelector("button");
    if(open){text.removeAttribute("aria-hidden");}else{text.setAttribute("aria-hidden","true");}
    if(button){button.textContent=open?"Tekst afschermen":"Tekst tonen";button.setAttribute("aria-expanded",open?"true":"false");}
  }
  var veils=all(".veil");
  veils.forEach(function(v){
    var b=v.querySelector("button");
    if(b){b.addEventListener("click",function(){set(v,v.classList.contains("closed"));});}
  });
  var everything=document.getElementById("everything");
  if(everything){everything.addEventListener("click",function(){
    var open=everything.getAttribute("aria-pressed")!=="true";
    everything.setAttribute("aria-pressed",open?"true":"false");
    everything.textContent=open?"Alle teksten afschermen":"Alle teksten tonen";
    veils.forEach(function(v){set(v,open);});
  });}
  var print=document.getElementById("print");
  if(print){print.addEventListener("click",function(){window.print();});}
  var form=document.getElementById("filters"),status=document.getElementById("shown"),articles=all("article.message");
  function apply(){
    var level=+form.level.value,category=form.category.value,platform=form.platform.value;
    var sender=form.sender.value.trim().toLowerCase(),word=form.word.value.trim().toLowerCase();
    var from=form.from.value,to=form.to.value,count=0;
    articles.forEach(function(a){
      var d=a.dataset,day=d.day||"";
      var fits=(+d.level>=level)&&(!category||(" "+d.categories+" ").indexOf(" "+category+" ")>=0)&&(!platform||d.platform===platform)
        &&(!sender||d.sender.indexOf(sender)>=0)&&(!from||(day&&day>=from))&&(!to||(day&&day<=to))
        &&(!word||a.querySelector(".veil .text").textContent.toLowerCase().indexOf(word)>=0);
      a.classList.toggle("hidden",!fits);
      if(fits){count++;}
    });
    status.textContent=count===1?"1 bericht getoond":count+" berichten getoond";
  }
  if(form){
    form.addEventListener("input",apply);
    form.addEventListener("submit",function(e){e.preventDefault();apply();});
    form.addEventListener("reset",function(){setTimeout(apply,0);});
  }
  all("button[data-sender]").forEach(function(b){b.addEventListener("click",function(){
    form.reset();form.sender.value=b.dataset.sender;apply();
    var target=document.getElementById("berichten");target.scrollIntoView();target.focus({preventScroll:true});
  });});
})();
